// Requests and replies on one connection (MS-SMB2 3.2.4.1, 3.2.5.1): numbers, credits, compounds, and what makes a reply genuine.
import { createCredits } from './credits';
import { flag, headerSize, noMessageId, readHeader, type ReplyHeader, writeHeader } from './header';
import { zeroed } from './zeroed';
import { status, statusError } from './nt-status';
import { command } from './protocol';
import { malformed } from './reader';
import { isSealed, type Sealer } from './sealing';
import type { Signer } from './signing';
import { SmbError } from './smb-error';
import { createTransport, type TransportOptions } from './transport';

export interface Request {
  readonly command: number;
  readonly body: Buffer;
  /** Credits it takes. */
  readonly charge: number;
}

export interface Reply {
  readonly header: ReplyHeader;
  readonly status: number;
  /** The whole message. */
  readonly message: Buffer;
  /** The request's message, as it was sent. */
  readonly request: Buffer;
}

/** What replies are held against once there is a session. */
export interface Security {
  readonly sessionId: bigint;
  readonly signer: Signer;
  readonly sealer?: Sealer | undefined;
}

export interface Connection {
  /** Sends requests in one message, each after the first about what the one before was about. Replies come in the same order. */
  send(requests: readonly Request[]): Promise<Reply[]>;
  /** Requests in flight or waiting. */
  load(): number;
  /** The most credits a message may take. */
  credits(): number;
  /** Before there is a session. */
  setSessionId(sessionId: bigint): void;
  secure(security: Security): void;
  setTree(treeId: number): void;
  /** Takes no frame longer than this from now on. */
  setFrameLimit(bytes: number): void;
  failure(): SmbError | undefined;
  fail(error: SmbError): void;
}

/** Requests in one message, and the replies that have come to them. */
interface Exchange {
  readonly isSealed: boolean;
  readonly deadline: number;
  readonly replies: Reply[];
  missing: number;
  readonly resolve: (replies: Reply[]) => void;
  readonly reject: (error: SmbError) => void;
}

interface Pending {
  readonly exchange: Exchange;
  /** Which of its requests. */
  readonly index: number;
  readonly command: number;
  /** Credits it took that have not come back. */
  charge: number;
  readonly request: Buffer;
}

export async function openConnection(options: TransportOptions): Promise<Connection> {
  const server = `${options.host}:${options.port}`;
  const pending = new Map<number, Pending>();
  const credits = createCredits(() => pending.size === 0);
  let nextId = 0;
  let load = 0;
  let sessionId = 0n;
  let treeId = 0;
  let security: Security | undefined;
  let failure: SmbError | undefined;
  let timer: NodeJS.Timeout | undefined;

  function fail(error: SmbError): void {
    if (failure !== undefined) return;
    failure = error;
    clearTimeout(timer);
    const abandoned = new Set([...pending.values()].map(({ exchange }) => exchange));
    pending.clear();
    for (const { reject } of abandoned) reject(error);
    credits.fail(error);
    link.destroy();
  }

  /** Of all requests on their way the first one is the oldest. It is the socket that keeps a process waiting. */
  function watch(): void {
    const [oldest] = pending.values();
    timer = undefined;
    if (oldest === undefined) return;
    const left = oldest.exchange.deadline - performance.now();
    if (left > 0) timer = setTimeout(watch, left).unref();
    else fail(new SmbError('timed-out', `${server} did not answer within ${options.timeoutMs} ms`));
  }

  function dispatch(requests: readonly Request[], settle: Pick<Exchange, 'resolve' | 'reject'>): void {
    const isSealedNow = security?.sealer !== undefined;
    const exchange = {
      ...{ ...settle, isSealed: isSealedNow, deadline: performance.now() + options.timeoutMs },
      ...{ replies: new Array<Reply>(requests.length), missing: requests.length },
    };
    const message = zeroed(requests.reduce((sum, request, index) => sum + partSize(request, index === requests.length - 1), 0));
    let at = 0;
    requests.forEach((request, index) => {
      const isLast = index === requests.length - 1;
      const part = message.subarray(at, at + partSize(request, isLast));
      at += part.length;
      const flags = (index > 0 ? flag.related : 0) | (security !== undefined && !isSealedNow ? flag.signed : 0);
      const fields = { credits: credits.ask(request.charge), messageId: nextId, next: isLast ? 0 : part.length };
      // The first message of all has no charge: what it is depends on the dialect (MS-SMB2 3.2.4.1.5).
      const charge = request.command === command.negotiate ? 0 : request.charge;
      writeHeader(part, { command: request.command, charge, flags, treeId, sessionId, ...fields });
      request.body.copy(part, headerSize);
      if (!isSealedNow) security?.signer.sign(part);
      pending.set(nextId, { exchange, index, command: request.command, charge: request.charge, request: part });
      nextId += request.charge;
    });
    link.send(security?.sealer?.seal(message) ?? message);
    timer ??= setTimeout(watch, options.timeoutMs).unref();
  }

  function receive(frame: Buffer): void {
    if (failure !== undefined) return;
    const wasSealed = isSealed(frame);
    if (wasSealed && security?.sealer === undefined)
      throw new SmbError('insecure', `${server} sealed a message without having been asked to`);
    const message = wasSealed ? (security?.sealer?.open(frame) ?? frame) : frame;
    for (let at = 0; at < message.length;) {
      const rest = at === 0 ? message : message.subarray(at);
      const header = readHeader(rest);
      const end = header.next === 0 ? message.length : at + header.next;
      const part = header.next === 0 ? rest : message.subarray(at, end);
      accept({ header, message: part, wasSealed, isFirst: at === 0 });
      at = end;
    }
    credits.settle();
  }

  function accept({ header, message, wasSealed, isFirst }: Received): void {
    // A break of an oplock comes unasked. This client holds none.
    if (header.messageId === noMessageId && header.command === command.oplockBreak) return;
    const asked = pending.get(header.messageId);
    if (asked === undefined) throw new SmbError('insecure', `${server} answered what was not asked, or a second time`);
    if (header.command !== asked.command) throw malformed('message', `it answers command ${asked.command} as ${header.command}`);
    if (wasSealed !== asked.exchange.isSealed) throw new SmbError('insecure', `${server} answered a sealed request in plain`);
    const isInterim = header.status === status.pending && (header.flags & flag.async) !== 0;
    if (!wasSealed && security !== undefined) verify(header, message, isInterim);
    if (isFirst && sessionId !== 0n && header.sessionId !== sessionId)
      throw malformed('message', 'it belongs to another session');
    credits.give(asked.charge, header.credits);
    if (isInterim) {
      // What the request took is back with this; the answer itself may bring none (3.2.5.1.4).
      asked.charge = 0;
      return;
    }
    pending.delete(header.messageId);
    const { exchange, index, request } = asked;
    exchange.replies[index] = { header, status: header.status, message, request };
    exchange.missing -= 1;
    if (exchange.missing === 0) exchange.resolve(exchange.replies);
  }

  function verify(header: ReplyHeader, message: Buffer, isInterim: boolean): void {
    if ((header.flags & flag.signed) !== 0) {
      if (security?.signer.verify(message) === true) return;
      throw new SmbError(
        'insecure',
        `A message of ${server} has a wrong signature: it was changed on its way, or is not of this server`,
      );
    }
    // Interim answers go unsigned (MS-SMB2 3.2.5.1.3), and a server that has lost the session has no key to sign with.
    if (isInterim) return;
    if (header.status === status.userSessionDeleted || header.status === status.networkSessionExpired) {
      throw statusError(`The session with ${server} ended`, header.status);
    }
    throw new SmbError('insecure', `${server} answered a signed request without a signature`);
  }

  const link = createTransport(options, { frame: receive, end: fail });
  await link.opened;

  return {
    async send(requests) {
      if (failure !== undefined) throw failure;
      const { promise, resolve, reject } = Promise.withResolvers<Reply[]>();
      const need = requests.reduce((sum, { charge }) => sum + charge, 0);
      if (load++ === 0) link.hold(true);
      credits.take({
        need,
        start: () => dispatch(requests, { resolve, reject }),
        refuse: reject,
      });
      try {
        return await promise;
      } finally {
        // Whoever forgets to close must not keep a process from ending by it.
        if (--load === 0 && failure === undefined) link.hold(false);
      }
    },
    load: () => load,
    credits: credits.total,
    setSessionId(id) {
      sessionId = id;
    },
    secure(given) {
      security = given;
      ({ sessionId } = given);
    },
    setTree(id) {
      treeId = id;
    },
    setFrameLimit: (bytes) => link.setLimit(bytes),
    failure: () => failure,
    fail,
  };
}

interface Received {
  readonly header: ReplyHeader;
  readonly message: Buffer;
  readonly wasSealed: boolean;
  readonly isFirst: boolean;
}

/** In a compound each request but the last ends where the next may begin. */
function partSize({ body }: Request, isLast: boolean): number {
  const size = headerSize + body.length;
  return isLast ? size : Math.ceil(size / 8) * 8;
}
