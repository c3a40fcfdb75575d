import { Header } from 'tar/header';
import { HubkeepError } from '../../errors/hubkeep-error';

/** What a pack says of one member, and where its content lies. */
export interface PackedMember {
  readonly type: 'file' | 'link' | 'directory' | 'symlink';
  readonly path: string;
  readonly target: string;
  readonly size: number;
  /** Of the pax header. */
  readonly mtime: string;
  readonly ctime: string | undefined;
  readonly comment: string | undefined;
  /** The whole frames it lies in, and how much of what they hold comes before its content. */
  readonly extent: { readonly offset: number; readonly length: number; readonly skip: number };
}

export interface DataFrame {
  readonly offset: number;
  readonly length: number;
  readonly content: Buffer;
}

const block = 512;
const kinds: Readonly<Record<string, PackedMember['type']>> = {
  File: 'file',
  OldFile: 'file',
  Link: 'link',
  Directory: 'directory',
  SymbolicLink: 'symlink',
};

/**
 * Reads the members of a pack frame by frame; their content is passed over. Headers never cross from one frame into the
 * next, and a member that fills several frames begins one of them.
 */
export function createMemberReader(onMember: (member: PackedMember) => void) {
  let open: { readonly member: PackedMember; length: number; left: number } | undefined;

  function begin({ content, offset, length }: DataFrame, at: number): number {
    const { pax, exact, next } = readPax(content, at);
    const header = new Header(content, next);
    const type = kinds[header.type];
    if (type === undefined || !header.cksumValid) throw damaged(`no member begins at byte ${at} of the frame at ${offset}`);
    const size = Number(pax.get('size') ?? header.size ?? 0);
    const skip = next + block;
    const path = exact.get('path') ?? (pax.get('path') ?? header.path ?? '').replace(/\/$/, '');
    const member: PackedMember = {
      ...{ type, path, size, target: exact.get('linkpath') ?? pax.get('linkpath') ?? header.linkpath ?? '' },
      ...{ mtime: pax.get('mtime') ?? '', ctime: pax.get('ctime'), comment: pax.get('comment') },
      extent: { offset, length, skip },
    };
    open = { member, length, left: type === 'file' ? Math.ceil(size / block) * block : 0 };
    return skip;
  }

  function take(frame: DataFrame, at: number): number {
    if (open === undefined) return at;
    const taken = Math.min(open.left, frame.content.length - at);
    open.left -= taken;
    if (open.left > 0) return at + taken;
    const { member, length } = open;
    onMember({ ...member, extent: { ...member.extent, length } });
    open = undefined;
    return at + taken;
  }

  return {
    /** @throws `format.damaged` for what is no member. */
    push(frame: DataFrame): void {
      if (open !== undefined) open.length += frame.length;
      for (let at = take(frame, 0); at < frame.content.length;) at = take(frame, begin(frame, at));
    },
    end(): void {
      if (open !== undefined) throw damaged(`it ends within ${open.member.path}`);
    },
  };
}

interface Pax {
  readonly pax: Map<string, string>;
  /** Names that are not UTF-8, which the records proper have with `%XX`. */
  readonly exact: Map<string, string>;
  readonly next: number;
}

function readPax(content: Buffer, at: number): Pax {
  const header = new Header(content, at);
  const found: Pax = { pax: new Map(), exact: new Map(), next: at };
  if (header.type !== 'ExtendedHeader') return found;
  const from = at + block;
  const size = header.size ?? 0;
  for (let record = from; record < from + size;) {
    const blank = content.indexOf(0x20, record);
    const length = Number(content.toString('latin1', record, blank));
    if (!(length > 0) || record + length > from + size) throw damaged(`a header at byte ${at} of a frame cannot be read`);
    const text = content.toString('utf8', blank + 1, record + length - 1);
    const equals = text.indexOf('=');
    note(found, text.slice(0, equals), text.slice(equals + 1));
    record += length;
  }
  return { ...found, next: from + Math.ceil(size / block) * block };
}

function note({ pax, exact }: Pax, key: string, value: string) {
  const name = key === 'comment' ? /^(path|linkpath)=(".*")$/.exec(value) : null;
  if (name === null) pax.set(key, value);
  else exact.set(name[1] ?? '', JSON.parse(name[2] ?? '') as string);
}

function damaged(why: string): HubkeepError {
  return new HubkeepError('format.damaged', `a pack cannot be read: ${why}`);
}
