import { hash } from 'node:crypto';
import * as z from 'zod';
import { recoveryPointSchema, type RecoveryPoint } from '../../contracts/recovery-point';
import { toProblem } from '../../errors/to-problem';
import type { BlobStore } from '../../ports/blob-store';
import { parseJson, readJsonIfPresent } from '../../repository/json-blob';
import { digestLine } from '../../repository/commit-point';
import { layout } from '../../repository/layout';
import { chainLinkSchema, type ChainLink, unlessDamaged } from '../../repository/chain';
import type { Findings } from './finding';
import { readIfPresent } from '../../repository/read-if-present';

/** A record as it is stored, whatever is wrong with it. */
interface StoredRecord {
  readonly id: string;
  readonly key: string;
  readonly content: Buffer;
  readonly sha256: string;
  /** The link it was committed with; nothing when no link has its hash. */
  readonly link: ChainLink | undefined;
}

export interface CheckedChain {
  /** Points whose record is the one that was committed, newest first. */
  readonly intact: readonly RecoveryPoint[];
  /** Ids of all records, damaged ones too. */
  readonly ids: ReadonlySet<string>;
}

/**
 * Checks that every record is the one its link was made for and that each names the one before it. A link without
 * record is a run that died between the two, unless a later record builds upon it.
 */
export async function checkChain(store: BlobStore, findings: Findings): Promise<CheckedChain> {
  // Records first: one that is committed meanwhile is not seen, rather than seen without the link made before it.
  const unlinked = await readRecords(store);
  const links = await readLinks(store, findings);
  const records = unlinked.map((record) => ({ ...record, link: linkOf(record, links) }));
  const committed = links.flatMap((link) => records.find((record) => record.link === link) ?? []);
  const intact: RecoveryPoint[] = [];
  for (const record of records) await checkDigest(store, record, findings);
  for (const record of records.filter(({ link }) => link === undefined)) reportUnlinked(record, links, findings);
  for (const [i, record] of committed.entries()) {
    const point = readPoint(record, findings);
    if (point !== undefined) intact.unshift(point);
    checkPrevious(record, { earlier: committed.slice(0, i), records }, findings);
  }
  const unrecorded = links.filter(({ id }) => !records.some((record) => record.id === id));
  for (const link of unrecorded) if (await isCommitted(store, link)) reportMissing(link, findings);
  return { intact, ids: new Set(records.map(({ id }) => id)) };
}

/** A run that died before its record was written says of no point that it is there. */
async function isCommitted(store: BlobStore, { id }: ChainLink): Promise<boolean> {
  const summary = await unlessDamaged(readJsonIfPresent(store, layout.run(id), committedSchema));
  return summary?.recoveryPoint === id;
}

const committedSchema = z.looseObject({ recoveryPoint: z.string().optional() });

function reportMissing({ id, sequence }: ChainLink, findings: Findings) {
  const blob = layout.point(id);
  const known = findings.all().some((finding) => finding.code === 'record.missing' && finding.blob === blob);
  const message = `is missing, though its run committed it as number ${sequence}`;
  if (!known) findings.add({ code: 'record.missing', blob, message, points: [id] });
}

async function readLinks(store: BlobStore, findings: Findings): Promise<ChainLink[]> {
  const links: ChainLink[] = [];
  let expected = 1;
  for await (const { key } of store.list(layout.chain)) {
    const number = Number(/(\d+)\.json$/.exec(key)?.[1]);
    for (; expected < number; expected++) {
      findings.add({
        code: 'chain.gap',
        blob: layout.chainLink(expected),
        message: 'is missing: links are never removed',
        points: [],
      });
    }
    expected = number + 1;
    const link = await readLink(store, key, findings);
    if (link === undefined) continue;
    if (link.sequence === number) links.push(link);
    else findings.add({ code: 'chain.broken', blob: key, message: `says that it is number ${link.sequence}`, points: [link.id] });
  }
  return links;
}

async function readLink(store: BlobStore, key: string, findings: Findings): Promise<ChainLink | undefined> {
  const { content } = await store.read(key);
  try {
    return parseJson(key, content, chainLinkSchema);
  } catch (error) {
    findings.add({ code: 'chain.unreadable', blob: key, message: toProblem(error).message, points: [] });
    return undefined;
  }
}

async function readRecords(store: BlobStore): Promise<Omit<StoredRecord, 'link'>[]> {
  const records: Omit<StoredRecord, 'link'>[] = [];
  for await (const { key } of store.list(layout.points)) {
    const id = key.split('/')[1] ?? '';
    if (key !== layout.point(id)) continue;
    const content = await readIfPresent(store, key);
    if (content !== undefined) records.push({ id, key, content, sha256: hash('sha256', content, 'hex') });
  }
  return records;
}

function linkOf({ id, sha256 }: Omit<StoredRecord, 'link'>, links: readonly ChainLink[]): ChainLink | undefined {
  return links.find((link) => link.id === id && link.sha256 === sha256);
}

async function checkDigest(store: BlobStore, { id, sha256 }: StoredRecord, findings: Findings) {
  const blob = layout.pointDigest(id);
  const digest = await readIfPresent(store, blob);
  if (digest?.toString('utf8') === digestLine(sha256)) return;
  const message = digest === undefined ? 'is missing' : 'is not the hash of the record beside it';
  findings.add({ code: 'record.digest', blob, message, points: [id] });
}

function reportUnlinked({ id, key, content }: StoredRecord, links: readonly ChainLink[], findings: Findings) {
  const link = links.find((one) => one.id === id);
  if (link === undefined) {
    const message = `has no link in the chain: ${layout.chainLink(sequenceIn(content))} should be of it`;
    findings.add({ code: 'chain.broken', blob: key, message, points: [id] });
    return;
  }
  const message = `is not the record that was committed: its hash is not the one in ${layout.chainLink(link.sequence)}`;
  findings.add({ code: 'record.changed', blob: key, message, points: [id] });
}

/** Of a record that may be damaged: 0 when it does not say. */
function sequenceIn(content: Buffer): number {
  return Number(/"sequence": ?(\d+)/.exec(content.toString('utf8'))?.[1] ?? 0);
}

function linkKey(link: ChainLink | undefined): string {
  return link === undefined ? 'the chain' : layout.chainLink(link.sequence);
}

function readPoint({ id, key, content, link }: StoredRecord, findings: Findings): RecoveryPoint | undefined {
  let point: RecoveryPoint;
  try {
    point = parseJson(key, content, recoveryPointSchema);
  } catch (error) {
    findings.add({ code: 'record.unreadable', blob: key, message: toProblem(error).message, points: [id] });
    return undefined;
  }
  if (point.id === id && point.sequence === link?.sequence && point.previous?.sha256 === link.previous?.sha256) return point;
  findings.add({ code: 'chain.broken', blob: key, message: `does not say what ${linkKey(link)} says`, points: [id] });
  return undefined;
}

interface Surroundings {
  /** Committed before, oldest first. */
  readonly earlier: readonly StoredRecord[];
  readonly records: readonly StoredRecord[];
}

function checkPrevious({ id, key, link }: StoredRecord, { earlier, records }: Surroundings, findings: Findings) {
  const previous = link?.previous ?? null;
  const last = earlier.at(-1);
  if (previous === null) {
    if (last !== undefined)
      findings.add({
        code: 'chain.broken',
        blob: key,
        message: `names none before it in ${linkKey(link)}, but ${last.id} is`,
        points: [id],
      });
    return;
  }
  const record = records.find((candidate) => candidate.id === previous.id);
  if (record === undefined) {
    const blob = layout.point(previous.id);
    findings.add({
      code: 'record.missing',
      blob,
      message: `is missing, though ${id} was committed after it, says ${linkKey(link)}`,
      points: [previous.id],
    });
  } else if (record.link !== undefined && (record.sha256 !== previous.sha256 || record !== last)) {
    findings.add({
      code: 'chain.broken',
      blob: key,
      message: `names ${previous.id} as the one before it in ${linkKey(link)}, which it is not`,
      points: [id],
    });
  }
}
