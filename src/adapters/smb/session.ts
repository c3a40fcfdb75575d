// From a TCP connection to an open share: negotiate, sign in, connect to the tree (MS-SMB2 3.2.4.2, 3.2.5.2, 3.2.5.5).
import { ask } from './ask';
import { type Connection, openConnection, type Reply, type Request } from './connection';
import { openedBefore } from './create-close';
import { confirms, encodeValidation, fsctl, ioctlRequest, parseIoctl } from './ioctl';
import { createHello, encodeNegotiate, type Hello, type Negotiated, parseNegotiate } from './negotiate';
import { endsSession, status, statusError } from './nt-status';
import type { Account } from './ntlm-keys';
import { command, dialect, dialectName, dialects, shareFlag } from './protocol';
import { createTranscript, noEncryption, signIn, type SignedIn, type Transcript } from './sign-in';
import { SmbError, type SmbErrorOptions } from './smb-error';
import { excludesNtlm } from './spnego';
import { encodeTreeConnect, parseTreeConnect, shareType } from './tree-connect';
import type { TransportOptions } from './transport';

export interface SessionOptions extends TransportOptions {
  readonly share: string;
  readonly account: Account;
  readonly requireEncryption: boolean;
  readonly dialects?: readonly number[] | undefined;
}

export interface Session {
  readonly connection: Connection;
  readonly dialect: number;
  readonly isSealed: boolean;
  /** Bytes a READ brings at most. */
  readonly maxRead: number;
  /** Bytes a listing brings at most. */
  readonly maxTransact: number;
  /** Requests about one file, as `Connection.send`. A status that ends the session ends the connection. */
  send(requests: readonly Request[]): Promise<Reply[]>;
}

/** More in one piece is no faster, and takes the memory of every request on its way. */
const largestPiece = 1024 * 1024;
/** Of what stands around a piece: headers, and the other parts of a compound. */
const around = 64 * 1024;

export async function openSession(options: SessionOptions): Promise<Session> {
  const connection = await openConnection(options);
  try {
    const hello = createHello(options.dialects ?? dialects);
    const { negotiated, transcript } = await negotiate(connection, hello);
    const signedIn = await signIn(connection, { ...options, negotiated, transcript });
    const isSealed = await connectTree(connection, { options, hello, negotiated, signedIn });
    return {
      connection,
      dialect: negotiated.dialect,
      isSealed,
      maxRead: Math.min(negotiated.maxRead, largestPiece),
      maxTransact: Math.min(negotiated.maxTransact, largestPiece),
      async send(requests) {
        const replies = await connection.send(requests);
        const end = replies.find((reply) => endsSession(reply.status));
        if (end !== undefined) connection.fail(statusError(`The session with ${options.host}`, end.status));
        return replies;
      },
    };
  } catch (cause) {
    const error = cause instanceof SmbError ? cause : new SmbError('protocol', 'The server could not be understood', { cause });
    connection.fail(error);
    throw error;
  }
}

async function negotiate(connection: Connection, hello: Hello): Promise<{ negotiated: Negotiated; transcript: Transcript }> {
  const reply = await ask(connection, command.negotiate, encodeNegotiate(hello));
  if (reply.status !== status.success) {
    const older = `The server speaks none of SMB ${hello.dialects.map(dialectName).join(', ')}`;
    throw reply.status === status.notSupported
      ? new SmbError('unsupported', older, { status: reply.status, statusName: 'STATUS_NOT_SUPPORTED' })
      : statusError('Agreeing on a dialect', reply.status);
  }
  const negotiated = parseNegotiate(reply.message, hello);
  if (excludesNtlm(negotiated.token)) throw new SmbError('unsupported', 'The server lets nobody sign in with NTLM');
  connection.setFrameLimit(largestPiece + around);
  const transcript = createTranscript();
  transcript.add(reply.request);
  transcript.add(reply.message);
  return { negotiated, transcript };
}

interface ConnectTree {
  readonly options: SessionOptions;
  readonly negotiated: Negotiated;
  readonly hello: Hello;
  readonly signedIn: SignedIn;
}

/** Returns whether everything is encrypted from now on. */
async function connectTree(connection: Connection, { options, hello, negotiated, signedIn }: ConnectTree): Promise<boolean> {
  const place = `\\\\${options.host}\\${options.share}`;
  const reply = await ask(connection, command.treeConnect, encodeTreeConnect(options.host, options.share));
  if (reply.status !== status.success) throw statusError(`Connecting to ${place}`, reply.status);
  const { type, flags } = parseTreeConnect(reply.message);
  if (type !== shareType.disk) throw new SmbError('share-missing', `${place} is a pipe or a printer`);
  connection.setTree(reply.header.treeId);

  let { isSealed } = signedIn;
  if (!isSealed && (flags & shareFlag.encrypt) !== 0) {
    if (signedIn.seal === undefined) throw noEncryption(negotiated);
    signedIn.seal();
    isSealed = true;
  }
  if (negotiated.dialect !== dialect.smb311) await validate(connection, hello, negotiated);
  return isSealed;
}

/** Asks again, under signature, what was said before there was one. SMB 3.1.1 proves it by its keys. */
async function validate(connection: Connection, hello: Hello, negotiated: Negotiated): Promise<void> {
  const code = fsctl.validateNegotiateInfo;
  const request = ioctlRequest({ code, fileId: openedBefore, input: encodeValidation(hello), maxOutput: 24 });
  // A server that was asked for other dialects than it heard of hangs up (3.3.5.15.12).
  const [reply] = await connection.send([request]).catch((cause: unknown) => {
    throw cause instanceof SmbError && cause.kind === 'lost' ? changed({ cause }) : cause;
  });
  if (reply === undefined) return;
  // Servers from before SMB 3 do not know the question, and say so under signature.
  const unknown: readonly number[] = [status.fileClosed, status.invalidDeviceRequest, status.notSupported];
  if (negotiated.dialect < dialect.smb30 && unknown.includes(reply.status)) return;
  if (reply.status !== status.success || !confirms(parseIoctl(reply.message), negotiated)) {
    throw changed({ status: reply.status });
  }
}

function changed(options: SmbErrorOptions): SmbError {
  return new SmbError('insecure', 'The server does not confirm what was agreed upon: it was changed on its way', options);
}
