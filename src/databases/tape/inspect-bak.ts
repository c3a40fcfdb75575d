import type { BakInspection, BakSet } from '../../contracts/bak-inspection';
import { readBackupFacts } from './backup-facts';
import { createTapeBytes, type RandomAccess, type TapeBytes, TapeFault } from './tape-bytes';
import { alignedTo, readBlock, readStreams, type TapeBlock, type TapeStream, textAt } from './tape-parts';

/** Positions of texts (size and offset) and numbers in descriptor blocks. */
const tapeAt = { name: 68, password: 76, software: 80, blockSize: 84, least: 94 } as const;
const setAt = { name: 64, description: 68, password: 72, user: 76, least: 98 } as const;
/** In the RAID stream, behind the identity of the media set. */
const raidAt = { id: 0, families: 20, family: 24, least: 26 } as const;
/** What a backup begins with that is no tape: its compressed or encrypted form has no public description. */
const container = 'MSSQLBAK';
const filemarkBlock = 512;
/** A configuration is a few kilobytes for each file of the database. */
const largestConfiguration = 4 * 1024 * 1024;
const mostBlocks = 100_000;
const mostSets = 1_000;

type Media = NonNullable<BakInspection['media']>;
type OpenSet = { -readonly [K in keyof BakSet]: BakSet[K] };

/** Walks a backup file by its headers: what it is, what it holds, whether all of it is there. Never throws for what the file holds. */
export async function inspectBak(file: RandomAccess): Promise<BakInspection> {
  const tape = createTapeBytes(file);
  const walk = createWalk(tape);
  try {
    if (await isContainer(tape)) return walk.result('opaque', 'SQL Server compressed or encrypted it as a whole');
    await walk.toTheEnd();
    return walk.result('whole');
  } catch (error) {
    if (!(error instanceof TapeFault)) throw error;
    return walk.isTape()
      ? walk.result(error.status, error.message)
      : walk.result('not-a-backup', 'it does not begin as a tape of SQL Server does');
  }
}

async function isContainer(tape: TapeBytes): Promise<boolean> {
  if (tape.size < container.length) return false;
  return (await tape.at(0, container.length)).toString('latin1') === container;
}

function createWalk(tape: TapeBytes) {
  let software: string | undefined;
  let media: Media | undefined;
  let blockSize: number = filemarkBlock;
  const sets: OpenSet[] = [];

  function readMedia({ bytes, isUnicode }: TapeBlock) {
    if (bytes.length < tapeAt.least) throw new TapeFault('damaged', 'the description of the media is cut');
    software = textAt(bytes, tapeAt.software, isUnicode);
    blockSize = bytes.readUInt16LE(tapeAt.blockSize);
    const name = textAt(bytes, tapeAt.name, isUnicode);
    media = { passwordProtected: bytes.readUInt16LE(tapeAt.password) > 0, ...(name === undefined ? {} : { name }) };
  }

  async function readFamily({ offset, length }: TapeStream) {
    if (length < raidAt.least || media === undefined) return;
    const raid = await tape.at(offset, raidAt.least);
    media = {
      ...media,
      id: guidOf(raid),
      families: raid.readUInt16LE(raidAt.families),
      family: raid.readUInt16LE(raidAt.family),
    };
  }

  function openSet({ bytes, offset, isUnicode }: TapeBlock) {
    if (bytes.length < setAt.least) throw new TapeFault('damaged', `the description of the backup at byte ${offset} is cut`);
    if (sets.length === mostSets) throw new TapeFault('unfinished', `more than ${mostSets} backups in one file`);
    const texts = {
      name: textAt(bytes, setAt.name, isUnicode),
      description: textAt(bytes, setAt.description, isUnicode),
      user: textAt(bytes, setAt.user, isUnicode),
    };
    const given = Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== undefined));
    sets.push({ ...given, passwordProtected: bytes.readUInt16LE(setAt.password) > 0, files: [], isFinished: false });
  }

  async function readConfiguration({ offset, length }: TapeStream) {
    const set = sets.at(-1);
    if (set === undefined || length > largestConfiguration) return;
    Object.assign(set, readBackupFacts(Buffer.from(await tape.at(offset, length))));
  }

  async function takeStream({ type }: TapeBlock, stream: TapeStream) {
    if (stream.id === 'RAID' && type === 'TAPE') await readFamily(stream);
    if (stream.id === 'MQCI') await readConfiguration(stream);
  }

  /** @returns where the next block begins. */
  async function readPart(offset: number): Promise<number> {
    const block = await readBlock(tape, offset);
    if (offset === 0 && block.type !== 'TAPE') throw new TapeFault('damaged', 'the first part is not that of a tape');
    if (block.type === 'SFMB') return offset + block.bytes.length;
    if (block.type === 'TAPE') readMedia(block);
    if (block.type === 'SSET') openSet(block);
    const end = await readStreams(tape, block, (stream) => takeStream(block, stream));
    if (block.type === 'ESET') close(block);
    return alignedTo(end, sets.length === 0 ? blockSize : filemarkBlock);
  }

  function close({ offset }: TapeBlock) {
    const set = sets.at(-1);
    if (set === undefined) throw new TapeFault('damaged', `a backup ends at byte ${offset} that did not begin`);
    set.isFinished = true;
  }

  return {
    isTape: () => media !== undefined,
    async toTheEnd() {
      let offset = 0;
      for (let count = 0; offset < tape.size || count === 0; count++) {
        if (count === mostBlocks) throw new TapeFault('unfinished', `more than ${mostBlocks} parts; followed to byte ${offset}`);
        offset = await readPart(offset);
      }
      if (sets.length === 0) throw new TapeFault('truncated', 'it holds no backup');
      if (sets.some(({ isFinished }) => !isFinished)) throw new TapeFault('truncated', 'it ends before its last backup does');
    },
    result: (status: BakInspection['status'], reason?: string): BakInspection => ({
      status,
      ...(reason === undefined ? {} : { reason }),
      size: tape.size,
      ...(software === undefined ? {} : { software }),
      ...(media === undefined ? {} : { media }),
      sets,
    }),
  };
}

function guidOf(bytes: Buffer): string {
  const part = (from: number, to: number) => bytes.subarray(from, to);
  const turned = [part(0, 4), part(4, 6), part(6, 8)].map((piece) => Buffer.from(piece).reverse().toString('hex'));
  return [...turned, part(8, 10).toString('hex'), part(10, 16).toString('hex')].join('-').toUpperCase();
}
