// Signing in, and the keys that come of it (MS-SMB2 3.2.5.3).
import { createHash } from 'node:crypto';
import { ask } from './ask';
import type { Connection, Reply, Security } from './connection';
import { flag } from './header';
import { deriveKeys } from './key-derivation';
import type { Negotiated } from './negotiate';
import { status, statusError } from './nt-status';
import { createNtlm } from './ntlm';
import type { Account, Integrity } from './ntlm-keys';
import { command, dialect, dialectName, sessionFlag } from './protocol';
import { cipherKeySize, createSealer } from './sealing';
import { encodeSessionSetup, parseSessionSetup } from './session-setup';
import { createSigner } from './signing';
import { SmbError } from './smb-error';
import { encodeFirstToken, encodeNextToken, mechanismList, parseAnswer } from './spnego';

/** Over all messages until there is a session: a change to any of them leaves both sides with different keys (3.1.4.4.1). */
export interface Transcript {
  add(message: Buffer): void;
  hash(): Buffer;
}

export function createTranscript(): Transcript {
  let hash: Buffer = Buffer.alloc(64);
  return {
    add(message) {
      hash = createHash('sha512').update(hash).update(message).digest();
    },
    hash: () => hash,
  };
}

export interface SignIn {
  readonly host: string;
  readonly account: Account;
  readonly requireEncryption: boolean;
  readonly negotiated: Negotiated;
  readonly transcript: Transcript;
}

export interface SignedIn {
  readonly isSealed: boolean;
  /** Starts to encrypt everything. Nothing where it cannot be done. */
  readonly seal: (() => void) | undefined;
}

export async function signIn(connection: Connection, options: SignIn): Promise<SignedIn> {
  if (options.requireEncryption && options.negotiated.cipher === undefined) throw noEncryption(options.negotiated);
  const who = `Signing in as ${options.account.domain === '' ? '' : `${options.account.domain}\\`}${options.account.user}`;
  const { last, sessionKey, integrity } = await authenticate(connection, { ...options, who });
  const { flags, token } = parseSessionSetup(last.message);
  if ((flags & (sessionFlag.guest | sessionFlag.anonymous)) !== 0) {
    throw new SmbError('insecure', `${who}: the server made a guest of the account`);
  }
  const security = securityOf(options, { last, sessionKey });
  if ((last.header.flags & flag.signed) === 0 || !security.signer.verify(last.message)) {
    throw new SmbError(
      'insecure',
      `${who}: the server did not prove that it knows the account, or what was agreed upon was changed on its way`,
    );
  }
  const mic = token.length === 0 ? undefined : parseAnswer(token).mechanismListMic;
  if (mic !== undefined && !integrity.verify(mechanismList, mic)) {
    throw new SmbError('insecure', `${who}: the list of ways to sign in was changed on its way`);
  }

  const isSealed = options.requireEncryption || (flags & sessionFlag.encrypt) !== 0;
  if (isSealed && security.sealer === undefined)
    throw new SmbError('insecure', `${who}: the server offers no encryption, and asks for it`);
  connection.secure(isSealed ? security : { ...security, sealer: undefined });
  return { isSealed, seal: security.sealer && (() => connection.secure(security)) };
}

export function noEncryption(negotiated: Negotiated): SmbError {
  return new SmbError(
    'unsupported',
    `The server offers no encryption in SMB ${dialectName(negotiated.dialect)}, which is required`,
  );
}

interface Authenticated {
  readonly last: Reply;
  readonly sessionKey: Buffer;
  readonly integrity: Integrity;
}

async function authenticate(
  connection: Connection,
  { host, account, transcript, who }: SignIn & { who: string },
): Promise<Authenticated> {
  const ntlm = createNtlm(account, host);
  const first = await ask(connection, command.sessionSetup, encodeSessionSetup(encodeFirstToken(ntlm.negotiate)));
  if (first.status !== status.moreProcessingRequired) throw unexpected(who, first.status);
  const challenge = parseAnswer(parseSessionSetup(first.message).token).token;
  if (challenge === undefined) throw new SmbError('unsupported', `${who}: the server does not go on with NTLM`);
  transcript.add(first.request);
  transcript.add(first.message);
  connection.setSessionId(first.header.sessionId);

  const { message, sessionKey, integrity } = ntlm.authenticate(challenge);
  const last = await ask(
    connection,
    command.sessionSetup,
    encodeSessionSetup(encodeNextToken(message, integrity.sign(mechanismList))),
  );
  if (last.status !== status.success) throw unexpected(who, last.status);
  transcript.add(last.request);
  return { last, sessionKey, integrity };
}

/** The sign-in cannot be over without a challenge, nor go on after the answer to it. */
function unexpected(who: string, value: number): SmbError {
  return value === status.success
    ? new SmbError('insecure', `${who}: the server asked for no password`)
    : statusError(who, value);
}

function securityOf(
  { negotiated, transcript }: SignIn,
  { last, sessionKey }: Pick<Authenticated, 'last' | 'sessionKey'>,
): Security {
  const { sessionId } = last.header;
  const { cipher } = negotiated;
  const keys = deriveKeys({
    dialect: negotiated.dialect,
    sessionKey,
    preauthHash: transcript.hash(),
    cipherKeySize: cipher === undefined ? 16 : cipherKeySize(cipher),
  });
  return {
    sessionId,
    signer: createSigner(negotiated.signing, negotiated.dialect >= dialect.smb30 ? keys.signing : sessionKey),
    sealer: cipher === undefined ? undefined : createSealer({ cipher, sessionId, ...keys }),
  };
}
