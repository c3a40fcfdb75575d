import { createHash, randomBytes } from 'node:crypto';
import type { Drill, DrillRequest } from '../../contracts/drill';
import { runIdOf } from '../../contracts/run-id';
import { hubkeepVersion } from '../../contracts/version';
import { codeOf } from '../../errors/hubkeep-error';
import type { Clock } from '../../ports/clock';
import type { Drills } from './drills';

export interface StartDrillOptions extends Pick<DrillRequest, 'trigger' | 'point' | 'parts' | 'share'> {
  /** The schedule's slot, for a timer: the same slot is the same drill, however often the timer fires. */
  readonly slot?: Date;
}

export interface DrillStarterDeps {
  readonly drills: Drills;
  readonly clock: Clock;
  readonly repositoryId: () => Promise<string>;
}

/** The instance of an engine that carries a drill out: an id of its own, for a run may have the same. */
export function drillInstance(drillId: string): string {
  return `drill-${drillId}`;
}

/** Notes that a drill begins and hands it to an engine. Reads only, so it may go on beside a backup. */
export function createDrillStarter({ drills, clock, repositoryId }: DrillStarterDeps) {
  /** @returns nothing when the drill of that slot was started before. What the engine throws leaves no drill on record. */
  return async function startDrill(
    { slot, ...asked }: StartDrillOptions,
    start: (request: DrillRequest) => Promise<void>,
  ): Promise<DrillRequest | undefined> {
    const now = clock.now();
    const drillId = slot === undefined ? runIdOf(now, randomBytes(2).toString('hex')) : idOfSlot(await repositoryId(), slot);
    const request: DrillRequest = { drillId, version: hubkeepVersion, ...asked, startedAt: now.toISOString() };
    if (!(await drills.create(firstDrill(request)))) return undefined;
    try {
      await start(request);
    } catch (error) {
      // An earlier try came through, although it was told otherwise.
      if (codeOf(error) === 'run.busy') return undefined;
      // What is on record counts as started: left there, it would keep every further try from starting it.
      await drills.forget(drillId).catch(() => undefined);
      throw error;
    }
    return request;
  };
}
export type DrillStarter = ReturnType<typeof createDrillStarter>;

export function firstDrill({ drillId, version, trigger, parts, startedAt, point }: DrillRequest): Drill {
  const recoveryPoint = point === undefined ? {} : { recoveryPoint: point };
  return { id: drillId, status: 'running', trigger, parts, hubkeepVersion: version, startedAt, ...recoveryPoint, problems: [] };
}

function idOfSlot(repository: string, slot: Date): string {
  return runIdOf(slot, createHash('sha256').update(`drill ${repository}${slot.toISOString()}`).digest('hex'));
}
