import { createServer, type AddressInfo, type Socket } from 'node:net';
import { type Account, ntlmv2Response, responseKey } from '../../../src/adapters/smb/ntlm-keys';
import { createRc4 } from '../../../src/adapters/smb/rc4';
import { createSigner, type Signer } from '../../../src/adapters/smb/signing';
import { splitter } from './tampering-proxy';

export interface PretendRequest {
  readonly command: number;
  readonly body: Buffer;
  /** Requests in the same message. */
  readonly together: number;
}

export interface PretendReply {
  readonly status?: number;
  readonly body?: Buffer;
  /** Without it, as many as were asked for. */
  readonly credits?: number;
  readonly flags?: number;
  readonly isUnsigned?: boolean;
  /** Changes the message before it is signed. */
  readonly change?: (message: Buffer) => void;
}

export interface SignInEnd {
  readonly flags: number;
  readonly isUnsigned?: boolean;
  /** Its signature is wrong, those after it are not. */
  readonly isSpoiled?: boolean;
  /** Proof that the list of ways to sign in came through. */
  readonly mechanismListMic?: Buffer;
}

/** To one request: usually one reply, none at all, or several one after the other. */
export type PretendReplies = PretendReply | readonly PretendReply[] | undefined;

export interface PretendServer {
  readonly port: number;
  readonly account: Account;
  /** Answers what comes after the share is open; nothing at all where it returns nothing. */
  script(answer: (request: PretendRequest) => PretendReplies): void;
  /** What the challenge of NTLM says: its flags, and the target information that is copied into the answer to it. */
  challenge(challenge: { readonly flags?: number; readonly targetInfo?: Buffer }): void;
  /** Puts the replies to one message into one message, in the order they are given back in. */
  join(order: (replies: readonly Buffer[]) => readonly Buffer[]): void;
  /** Of the reply that ends the sign-in. */
  signIn(reply: SignInEnd): void;
  /** Holds the answers to so many messages back, and sends them as one. */
  glue(messages: number): void;
  /** Changes each signed message before it is signed. */
  mutate(change: (message: Buffer) => Buffer): void;
  close(): Promise<void>;
}

export const command = {
  negotiate: 0,
  sessionSetup: 1,
  treeConnect: 3,
  create: 5,
  close: 6,
  read: 8,
  ioctl: 11,
  queryDirectory: 14,
} as const;
const account = { user: 'somebody', domain: '', password: 'secret' };

/**
 * A server of SMB 2.1 that signs and says what a test wants: to play what Samba does not do, or a server that means ill. What
 * Windows does is played here after the book (MS-SMB2), not after a real one.
 */
export async function startPretendServer(): Promise<PretendServer> {
  let script: (request: PretendRequest) => PretendReplies = () => ({ status: 0xc0000034 });
  let challenge: { readonly flags?: number; readonly targetInfo?: Buffer } = {};
  let join: ((replies: readonly Buffer[]) => readonly Buffer[]) | undefined;
  let end: SignInEnd = { flags: 0 };
  let mutate = (message: Buffer) => message;
  let glued = 1;
  const sockets = new Set<Socket>();
  /** The replies as messages of one part each, or as one of all of them. */
  const together = (replies: readonly Buffer[]): Buffer[][] => {
    if (join !== undefined) return [chain(join(replies))];
    return glued > 1 ? [chain(replies)] : replies.map((one) => [one]);
  };

  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    let signer: Signer | undefined;
    const held: Buffer[] = [];
    let messages = 0;
    const serve = (request: PretendRequest): PretendReplies => {
      switch (request.command) {
        case command.negotiate:
          return { body: negotiateBody() };
        case command.sessionSetup: {
          const key = sessionKeyIn(request.body);
          if (key === undefined) return { status: 0xc0000016, body: setupBody(0, challengeToken(challenge)) };
          signer = createSigner(0, key);
          return { body: setupBody(end.flags, endToken(end)), ...(end.isUnsigned === true && { isUnsigned: true }) };
        }
        case command.treeConnect:
          return { body: body(16, [2, 1]) };
        default:
          // What was agreed upon is confirmed by servers of SMB 3 alone.
          if (request.command === command.ioctl && request.body.readUInt32LE(4) === 0x140204) return { status: 0xc0000010 };
          return script(request);
      }
    };
    socket.on(
      'data',
      splitter((message) => {
        const requests = partsOf(message);
        const replies = requests.flatMap((part) => {
          const answer = serve({ command: part.readUInt16LE(12), body: part.subarray(64), together: requests.length });
          return [answer ?? []].flat().map((reply) => encode(part, reply, signer));
        });
        held.push(...replies);
        messages += 1;
        if (messages < glued) return;
        messages = 0;
        for (const reply of together(held.splice(0))) {
          const changed = Buffer.concat(reply.map((part) => sign(part, { signer, mutate, spoils: end.isSpoiled === true })));
          const header = Buffer.alloc(4);
          header.writeUInt32BE(changed.length);
          socket.write(Buffer.concat([header, changed]));
        }
      }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    account,
    script: (answer) => (script = answer),
    challenge: (given) => (challenge = given),
    join: (order) => (join = order),
    signIn: (reply) => (end = reply),
    mutate: (change) => (mutate = change),
    glue: (messages) => (glued = messages),
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A body of `size`, with numbers of two bytes at the given places. */
export function body(structure: number, ...fields: readonly (readonly [at: number, value: number])[]): Buffer {
  const bytes = Buffer.alloc(structure & ~1);
  bytes.writeUInt16LE(structure, 0);
  for (const [at, value] of fields) bytes.writeUInt16LE(value, at);
  return bytes;
}

function encode(request: Buffer, reply: PretendReply, signer: Signer | undefined): Buffer {
  const { status = 0 } = reply;
  const content = reply.body ?? body(9);
  const message = Buffer.alloc(64 + content.length);
  request.copy(message, 0, 0, 64);
  message.writeUInt32LE(status, 8);
  message.writeUInt16LE(reply.credits ?? request.readUInt16LE(14), 14);
  message.writeUInt32LE(1 | (reply.flags ?? 0) | (signer !== undefined && reply.isUnsigned !== true ? 8 : 0), 16);
  message.writeUInt32LE(0, 20);
  message.writeBigUInt64LE(signer === undefined && request.readUInt16LE(12) === command.negotiate ? 0n : 77n, 40);
  message.fill(0, 48, 64);
  content.copy(message, 64);
  reply.change?.(message);
  return message;
}

/** Each but the last says where the next one starts, which is at a multiple of 8 bytes. */
function chain(replies: readonly Buffer[]): Buffer[] {
  return replies.map((reply, index) => {
    if (index === replies.length - 1) return reply;
    const padded = Buffer.concat([reply, Buffer.alloc((8 - (reply.length % 8)) % 8)]);
    padded.writeUInt32LE(padded.length, 20);
    return padded;
  });
}

interface Signing {
  readonly signer: Signer | undefined;
  readonly mutate: (message: Buffer) => Buffer;
  readonly spoils: boolean;
}

function sign(reply: Buffer, { signer, mutate, spoils }: Signing): Buffer {
  const changed = signer !== undefined && reply.readUInt16LE(12) > command.treeConnect ? mutate(reply) : reply;
  if (signer !== undefined && changed.length >= 64 && (changed.readUInt32LE(16) & 8) !== 0) {
    changed.fill(0, 48, 64);
    signer.sign(changed);
    if (spoils && changed.readUInt16LE(12) === command.sessionSetup) changed[48]! ^= 1;
  }
  return changed;
}

function partsOf(message: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 0; at < message.length;) {
    const next = message.readUInt32LE(at + 20);
    parts.push(message.subarray(at, next === 0 ? message.length : at + next));
    at = next === 0 ? message.length : at + next;
  }
  return parts;
}

function negotiateBody(): Buffer {
  const bytes = body(65, [2, 3], [4, 0x0210], [56, 128], [58, 0]);
  bytes[24] = 4;
  for (const at of [28, 32, 36]) bytes.writeUInt32LE(1 << 20, at);
  return bytes;
}

function setupBody(flags: number, token: Buffer): Buffer {
  return Buffer.concat([body(9, [2, flags], [4, 72], [6, token.length]), token]);
}

function challengeToken({
  flags = 0xe0888215,
  targetInfo = Buffer.alloc(4),
}: {
  readonly flags?: number;
  readonly targetInfo?: Buffer;
}): Buffer {
  const head = Buffer.alloc(56);
  head.write('NTLMSSP\0', 0, 'latin1');
  head.writeUInt32LE(2, 8);
  head.writeUInt32LE(flags, 20);
  head.writeUInt16LE(targetInfo.length, 40);
  head.writeUInt32LE(56, 44);
  return wrap(0xa1, wrap(0x30, wrap(0xa2, wrap(0x04, Buffer.concat([head, targetInfo])))));
}

function endToken({ mechanismListMic }: SignInEnd): Buffer {
  return mechanismListMic === undefined ? Buffer.alloc(0) : wrap(0xa1, wrap(0x30, wrap(0xa3, wrap(0x04, mechanismListMic))));
}

function wrap(tag: number, content: Buffer): Buffer {
  const { length } = content;
  return Buffer.concat([Buffer.from(length < 0x80 ? [tag, length] : [tag, 0x82, length >> 8, length & 0xff]), content]);
}

/** What the client's last message of NTLM leaves both sides with; nothing of its first one. */
function sessionKeyIn(setup: Buffer): Buffer | undefined {
  const message = setup.subarray(setup.indexOf('NTLMSSP\0'));
  if (message.readUInt32LE(8) !== 3) return undefined;
  const field = (at: number) =>
    message.subarray(message.readUInt32LE(at + 4), message.readUInt32LE(at + 4) + message.readUInt16LE(at));
  const response = field(20);
  const blob = response.subarray(16);
  const answer = ntlmv2Response(responseKey(account), {
    serverChallenge: Buffer.alloc(8),
    time: blob.subarray(8, 16),
    clientChallenge: blob.subarray(16, 24),
    targetInfo: blob.subarray(28, -4),
  });
  if (!answer.response.equals(response)) throw new Error('another password');
  return createRc4(answer.sessionBaseKey)(field(52));
}
