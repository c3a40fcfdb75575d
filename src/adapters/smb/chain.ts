import { type Create, type Created, closeRequest, createRequest, openedBefore, parseClose, parseCreate } from './create-close';
import type { Reply, Request } from './connection';
import { TooFewCredits } from './credits';
import { isLink, attribute, type SmbInfo } from './entry';
import { fsctl, ioctlRequest, parseIoctl } from './ioctl';
import { status, statusError } from './nt-status';
import { maxReparseData, parseReparsePoint, type ReparsePoint } from './reparse';
import type { Session } from './session';
import { SmbError } from './smb-error';

export type Step = (fileId: Buffer) => Request;

export interface Opened extends Created {
  /** The replies to the steps, as many as were sent. */
  readonly replies: readonly Reply[];
  /** Gives the memory of all replies back at once, where nothing else lies in it. Nothing that was taken from them as a view may be used then. */
  release(): void;
}

/** What to open, and what to call it in an error. */
export interface Target extends Create {
  readonly path: string;
}

/**
 * Opens a file and sends what is to be done with it along, in one message where the server allows as much. The steps may fail:
 * to open may not.
 */
export async function openWith(session: Session, target: Target, steps: readonly Step[]): Promise<Opened> {
  const create = createRequest(target);
  const compound = [create, ...steps.map((step) => step(openedBefore))];
  const charge = compound.reduce((sum, request) => sum + request.charge, 0);
  if (charge > session.connection.credits()) return openStepByStep(session, target, steps);
  const sent = await session.send(compound).catch((error: unknown) => {
    // The server has taken back what it allowed a moment ago.
    if (error instanceof TooFewCredits) return undefined;
    throw error;
  });
  if (sent === undefined) return openStepByStep(session, target, steps);
  const [opened, ...replies] = sent;
  return { ...creationOf(opened, target.path), replies, release: () => releaseReplies(sent) };
}

async function openStepByStep(session: Session, target: Target, steps: readonly Step[]): Promise<Opened> {
  const [opened] = await session.send([createRequest(target)]);
  const created = creationOf(opened, target.path);
  const replies: Reply[] = [];
  for (const step of steps) replies.push(...(await session.send([step(created.fileId)])));
  // They came one by one, for a server that is slow anyway.
  return { ...created, replies, release: () => undefined };
}

/** What small files leave would else add up until the garbage collector looks after it, which it does late: V8 counts it too little. */
function releaseReplies(replies: readonly Reply[]): void {
  const memory = replies[0]?.message.buffer;
  const used = replies.reduce((sum, { message }) => sum + (message.buffer === memory ? message.length : 0), 0);
  if (memory instanceof ArrayBuffer && memory.byteLength === used) memory.transferToFixedLength(0);
}

function creationOf(reply: Reply | undefined, path: string): Created {
  if (reply === undefined) throw new SmbError('protocol', `${path}: the server did not answer`);
  if (reply.status !== status.success) throw statusError(path, reply.status);
  return parseCreate(reply.message);
}

/** Opens something to work on it for longer. A link is refused; what a file system filter stands behind is opened through it. */
export async function openEntry(session: Session, target: Target): Promise<Created> {
  const created = await openWith(session, target, []);
  if ((created.info.attributes & attribute.reparsePoint) === 0) return created;
  await refuseLink(session, created, target.path);
  return openWith(session, { ...target, follow: true }, []);
}

/** Closes what turned out to be a reparse point; throws when it is a link. */
export async function refuseLink(session: Session, { fileId }: Created, path: string): Promise<void> {
  const [reply] = await session.send([reparseRequest(fileId)]);
  await closeFile(session, fileId, path);
  const { tag } = reparsePointOf(reply, path);
  if (isLink(tag)) throw new SmbError('reparse', `${path}: is a link (reparse point 0x${tag.toString(16).toUpperCase()})`);
}

export function reparseRequest(fileId: Buffer): Request {
  return ioctlRequest({ code: fsctl.getReparsePoint, fileId, maxOutput: maxReparseData });
}

export function reparsePointOf(reply: Reply | undefined, path: string): ReparsePoint {
  if (reply === undefined) throw new SmbError('protocol', `${path}: the server did not answer`);
  if (reply.status !== status.success) throw statusError(path, reply.status);
  return parseReparsePoint(parseIoctl(reply.message));
}

/** Returns what the file is at its close. */
export async function closeFile(session: Session, fileId: Buffer, path: string): Promise<SmbInfo | undefined> {
  const [reply] = await session.send([closeRequest(fileId)]);
  if (reply === undefined || reply.status !== status.success) throw statusError(path, reply?.status ?? status.fileClosed);
  return parseClose(reply.message);
}

/** Of a compound whose last step was to close: servers may fail that only because a step before failed, and keep the file open. */
export async function closedBy(session: Session, { fileId, replies }: Opened, path: string): Promise<SmbInfo | undefined> {
  const last = replies.at(-1);
  return last?.status === status.success ? parseClose(last.message) : closeFile(session, fileId, path);
}
