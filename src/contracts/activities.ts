import type { DatabaseTarget, TakenBackup } from './database-backup';
import type { Drill, DrilledDatabases, DrillRequest, ShareDrill, Skipped } from './drill';
import type { Failed, Outcome, Problem, Succeeded, Warning } from './outcome';
import type { ChainPlace } from './recovery-point';
import type { FinishBoxInput, RestoreBoxInput, RestoreRecord, RestoreRun } from './restore';
import type { RunProblem, RunRequest, RunSummary } from './run';
import type { SecretsCustody } from './secrets-custody';
import type { BoxInput, Pass, PlanInput } from './share-copy';

export interface DatabaseOutcome {
  readonly target: DatabaseTarget;
  readonly outcome: Outcome<TakenBackup>;
}

/** How backups come into the store: through files on a disk, or written there by SQL Server itself. */
export type BackupRoadKind = 'disk' | 'url';

/** Every activity with what it takes and gives. Values travel as JSON through the orchestration's history and stay small. */
export interface ActivityMap {
  /** Writes the first summary and tells what there is to do. */
  'begin-run': { input: RunRequest; output: Outcome<RunPlan> };
  /** Finds the server that takes each database, or one of them. */
  'route-databases': {
    input: { runId: string; database?: string };
    output: Outcome<{ targets: DatabaseTarget[]; failed: DatabaseOutcome[]; road: BackupRoadKind }>;
  };
  'back-up-database': { input: { runId: string; round: number; server: string; database: string }; output: Outcome<TakenBackup> };
  /** Lets a server write to the container of its backups, and takes that back. */
  'give-credential': { input: { runId: string; server: string }; output: Outcome<object> };
  'take-credential': { input: { runId: string; server: string }; output: Outcome<object> };
  /** Cuts the share for lanes to work side by side. */
  'plan-share-partitions': { input: PlanInput; output: Outcome<{ partitions: number }> };
  'copy-share-box': { input: BoxInput; output: Outcome<CopiedBox> };
  'keep-system-secrets': { input: { runId: string }; output: Outcome<KeptSecrets> };
  'commit-recovery-point': { input: CommitRequest; output: Succeeded<Committed> | NotCommitted };
  'remove-staging': { input: { runId: string; server: string; files: string[] }; output: Outcome<{ removed: number }> };
  /** Opens the target of a restore and tells into how many ranges the index is cut. */
  'begin-restore': { input: RestoreRun; output: Outcome<RestorePlan> };
  'restore-share-box': { input: RestoreBoxInput; output: Outcome<{ next: string | null }> };
  /** Makes links, then sets the times of directories. */
  'finish-restore-box': { input: FinishBoxInput; output: Outcome<{ next: string | null }> };
  /** Closes the target where all of it was restored, writes the last record, gives the lock back. */
  'end-restore': { input: EndRestoreRequest; output: Outcome<{ ended: RestoreRecord['status'] }> };
  /** Writes the last summary, tells the operator when something is amiss, gives the lock back, clears what dead runs left. */
  'end-run': { input: EndRequest; output: Outcome<{ summary: RunSummary }> };
  /** Finds the point and notes which it is. */
  'begin-drill': { input: { request: DrillRequest }; output: Outcome<{ recoveryPoint: string }> };
  /** Reads what is stored for a while. What it found is in a blob whose name follows from drill and box. */
  'verify-box': { input: { request: DrillRequest; recoveryPoint: string; box: number }; output: Outcome<{ isLast: boolean }> };
  /** All the rest of a verification, and its marks. */
  'settle-verification': {
    input: { request: DrillRequest; recoveryPoint: string; boxes: number };
    output: Outcome<{ findings: number }>;
  };
  'drill-share': { input: { request: DrillRequest; recoveryPoint: string }; output: ShareDrill | Failed | Skipped };
  'drill-databases': { input: { request: DrillRequest; recoveryPoint: string }; output: DrilledDatabases };
  /** Stores what came of it, marks it on the point, and tells the operator when something is amiss. */
  'end-drill': { input: { request: DrillRequest; steps: DrillSteps }; output: Outcome<{ drill: Drill['status'] }> };
}

/** What the steps of a drill gave. */
export interface DrillSteps {
  readonly recoveryPoint?: string;
  readonly problems: Problem[];
  readonly share?: ActivityMap['drill-share']['output'];
  readonly databases?: DrilledDatabases;
}

export interface DrillInput {
  readonly request: DrillRequest;
  /** Where it has come to; carried when the history is cut short. */
  readonly progress?: { readonly recoveryPoint: string; readonly box: number };
}

export interface KeptSecrets {
  readonly custody: SecretsCustody;
  readonly warnings: Warning[];
  /** Why what is kept may not be enough; it is kept all the same. */
  readonly problem?: Problem;
}

export interface RestorePlan {
  readonly partitions: number;
  /** How many of them are restored at once. */
  readonly width: number;
}

export interface EndRestoreRequest {
  readonly run: RestoreRun;
  /** `restored`: every box came to its end. */
  readonly outcome: 'restored' | 'failed' | 'cancelled' | 'superseded';
  readonly problems: Problem[];
}

/** Every `lanes`-th range of the index, from the one with the lane's own number. */
export interface RestoreLaneRequest {
  readonly runId: string;
  readonly partitions: number;
  readonly lane: number;
  readonly lanes: number;
  /** Where it has come to; carried when the history is cut short. */
  readonly progress?: { readonly partition: number; readonly box: number; readonly cursor: string | null };
}

export interface RunPlan {
  /** Newest point whose share can be built upon. */
  readonly shareBase: string | null;
  /** Nobody else takes it while the run holds its lock. */
  readonly place: ChainPlace;
  /** How many boxes of the share are copied at once. */
  readonly shareWidth: number;
}

/** What a box gives back; the rest is in a blob whose name follows from run, pass, partition and box. */
export interface CopiedBox {
  readonly next: string | null;
  readonly finishedAt: string;
}

/** What a component's sub-orchestration gives back: never a failure of its own. */
export interface ShareCopy {
  /** How many boxes each partition took; 0 where it did not come to its end. */
  readonly boxes: number[];
  readonly finishedAt: string | null;
  readonly problem?: Problem;
}

export interface CommitRequest {
  readonly run: RunRequest;
  readonly place: ChainPlace;
  readonly databases: DatabaseOutcome[] | null;
  readonly share: { readonly base: string | null; readonly bulk: ShareCopy; readonly delta: ShareCopy | null } | null;
  readonly secrets: Outcome<KeptSecrets> | null;
}

export interface Committed {
  readonly outcome: 'complete' | 'partial';
  readonly sequence: number;
  readonly problems: RunProblem[];
  readonly warnings: Warning[];
}

/** No point, and everything that led there. */
export type NotCommitted = Failed & { readonly problems: RunProblem[] };

export interface EndRequest {
  readonly run: RunRequest;
  readonly status: RunSummary['status'];
  readonly committed: boolean;
  readonly problems: RunProblem[];
  readonly warnings: Warning[];
}

/** Every orchestrator with what it takes and gives. */
export interface OrchestratorMap {
  'back-up': { input: RunRequest; output: RunEnd };
  'back-up-databases': { input: { runId: string; round: number }; output: DatabaseOutcome[] };
  'back-up-one-database': {
    input: { runId: string; round: number; target: DatabaseTarget; road: BackupRoadKind; refusal?: Problem };
    /** `damaged`: failures that tell of damage, although the database was taken elsewhere after. */
    output: DatabaseOutcome & { readonly movedTo: string[]; readonly damaged: DatabaseOutcome[] };
  };
  'copy-share': { input: CopyShareRequest; output: ShareCopy };
  'copy-share-lane': { input: CopyLaneRequest; output: LaneCopy };
  'restore-share': { input: RestoreRun; output: { readonly status: RestoreRecord['status'] } };
  /** The problem it ended with, or null. */
  'restore-share-lane': { input: RestoreLaneRequest; output: Problem | null };
  'keep-secrets': { input: { runId: string }; output: Outcome<KeptSecrets> };
  drill: { input: DrillInput; output: { status: string } };
}

interface SharePass {
  readonly runId: string;
  readonly sequence: number;
  readonly pass: Pass;
  /** The earlier point this run builds upon. */
  readonly point: string | null;
  /** Where it has come to; carried when the history is cut short. */
  readonly progress?: LaneProgress;
}

export interface CopyShareRequest extends SharePass {
  readonly width: number;
  /** Boxes of the bulk pass by partition; in the delta pass, which has the same partitions. */
  readonly bulk?: number[];
}

/** Every `lanes`-th partition, from the one with the lane's own number. */
export interface CopyLaneRequest extends SharePass {
  readonly lane: number;
  readonly lanes: number;
  readonly partitions: number;
  /** Boxes of the bulk pass for the lane's own partitions. */
  readonly bulk?: number[];
}

export interface LaneProgress {
  /** How many boxes each partition took that is done. */
  readonly boxes: number[];
  /** Of the partition under way: the next box and where it begins. */
  readonly box: number;
  readonly cursor: string | null;
}

export interface LaneCopy {
  /** How many boxes each of the lane's partitions took, up to the one it ended in. */
  readonly boxes: number[];
  readonly finishedAt: string | null;
  readonly problem?: Problem;
}

export interface RunEnd {
  readonly status: RunSummary['status'];
  /** As it is on record; nothing when it could not be written. */
  readonly summary?: RunSummary;
}
