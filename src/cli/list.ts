import type { Command } from 'commander';
import type { Component } from '../contracts/components';
import type { RecoveryPoint } from '../contracts/recovery-point';
import { codeOf } from '../errors/hubkeep-error';
import { toProblem } from '../errors/to-problem';
import { standing, type Mark } from '../repository/marks';
import type { RecoveryPoints } from '../repository/recovery-points';
import { withCommonOptions, type Act } from './act';
import { exitCodes, type ExitCode } from './exit-codes';
import { formatBytes, formatInstant, table } from './format';
import { openRepositoryReadOnly } from './open-hubkeep';
import type { CommonOptions, Terminal } from './terminal';

/** With what only a reader of the text is shown. */
interface Row {
  readonly entry: ListedPoint;
  /** Those that failed, wholly or in part, are marked. */
  readonly holdings: string;
}

interface ListedPoint extends Pick<RecoveryPoint, 'id' | 'sequence' | 'outcome' | 'components' | 'startedAt'> {
  /** Of the share's files and the databases' backups together. */
  readonly bytes: number;
  readonly marks: readonly Mark[];
}

export function addListCommand(program: Command, act: Act) {
  withCommonOptions(program.command('list').description('list the recovery points, oldest first')).action(
    (options: CommonOptions) => act(options, (terminal) => list(terminal, options)),
  );
}

async function list(terminal: Terminal, options: CommonOptions): Promise<ExitCode> {
  const { points } = await openRepositoryReadOnly(terminal, options);
  const { listed, unreadable } = await readAll(points);
  if (listed.length === 0) terminal.note('there is no recovery point yet');
  else
    terminal.print(table([['RECOVERY POINT', 'NO.', 'STARTED', 'OUTCOME', 'SIZE', 'COMPONENTS', 'MARKS'], ...listed.map(rowOf)]));
  for (const { id, message } of unreadable) terminal.note(`hubkeep: recovery point ${id} cannot be read: ${message}`);
  terminal.printJson(listed.map(({ entry }) => entry));
  return unreadable.length === 0 ? exitCodes.done : exitCodes.failed;
}

/** One damaged record must not hide the others. */
async function readAll(points: RecoveryPoints) {
  const listed: Row[] = [];
  const unreadable: { id: string; message: string }[] = [];
  for (const link of await points.chain()) {
    try {
      const stored = await points.follow(link);
      if (stored !== undefined) listed.push(await describe(points, stored.point));
    } catch (error) {
      if (codeOf(error) !== 'format.damaged' && codeOf(error) !== 'store.not-found') throw error;
      unreadable.push({ id: link.id, message: toProblem(error).message });
    }
  }
  return { listed, unreadable };
}

async function describe(points: RecoveryPoints, point: RecoveryPoint): Promise<Row> {
  const { id, sequence, outcome, components, startedAt } = point;
  const entry = { id, sequence, outcome, components, startedAt, bytes: bytesOf(point), marks: await points.marks(id) };
  return { entry, holdings: components.map((component) => holdingOf(point, component)).join(',') };
}

export function bytesOf({ fileshare, databases }: RecoveryPoint): number {
  const share = fileshare?.status === 'succeeded' ? fileshare.counts.bytes : 0;
  const files = (databases?.items ?? []).flatMap((item) => (item.status === 'succeeded' ? item.files : []));
  return files.reduce((sum, { size }) => sum + size, share);
}

function holdingOf(point: RecoveryPoint, component: Component): string {
  const status = point[component]?.status ?? 'failed';
  return status === 'succeeded' ? component : `${component} (${status})`;
}

function rowOf({ entry: { id, sequence, startedAt, outcome, bytes, marks }, holdings }: Row): string[] {
  return [id, String(sequence), formatInstant(startedAt), outcome, formatBytes(bytes), holdings, standing(marks).join(',')];
}
