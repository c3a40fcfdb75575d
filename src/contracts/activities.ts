import type { DatabaseTarget, TakenBackup } from './database-backup';
import type { Failed, Outcome, Problem, Succeeded, Warning } from './outcome';
import type { ChainPlace } from './recovery-point';
import type { RunProblem, RunRequest, RunSummary } from './run';
import type { SecretsCustody } from './secrets-custody';
import type { BoxRequest, ShareBase } from './share-copy';

export interface DatabaseOutcome {
  readonly target: DatabaseTarget;
  readonly outcome: Outcome<TakenBackup>;
}

/** Every activity with what it takes and gives. Values travel as JSON through the orchestration's history and stay small. */
export interface ActivityMap {
  /** Writes the first summary and tells what there is to do. */
  'begin-run': { input: RunRequest; output: Outcome<RunPlan> };
  'back-up-database': { input: { runId: string; round: number; server: string; database: string }; output: Outcome<TakenBackup> };
  'copy-share-box': { input: BoxRequest; output: Outcome<CopiedBox> };
  'keep-system-secrets': { input: { runId: string }; output: Outcome<{ custody: SecretsCustody; warnings: Warning[] }> };
  'commit-recovery-point': { input: CommitRequest; output: Succeeded<Committed> | NotCommitted };
  'remove-staging': { input: { runId: string; server: string; files: string[] }; output: Outcome<{ removed: number }> };
  /** Writes the last summary, tells the operator when something is amiss, gives the lock back, clears what dead runs left. */
  'end-run': { input: EndRequest; output: Outcome<{ summary: RunSummary }> };
}

export interface RunPlan {
  readonly databases: DatabaseTarget[];
  /** Newest point whose share can be built upon. */
  readonly shareBase: string | null;
  /** Nobody else takes it while the run holds its lock. */
  readonly place: ChainPlace;
}

export interface CopiedBox {
  /** Blob that holds the box's result. */
  readonly result: string;
  readonly next: string | null;
  readonly finishedAt: string;
}

/** What a component's sub-orchestration gives back: never a failure of its own. */
export interface ShareCopy {
  /** Result blobs of the boxes, in path order. */
  readonly results: string[];
  readonly finishedAt: string | null;
  readonly problem?: Problem;
}

export interface CommitRequest {
  readonly run: RunRequest;
  readonly place: ChainPlace;
  readonly databases: DatabaseOutcome[] | null;
  readonly share: { readonly base: string | null; readonly bulk: ShareCopy; readonly delta: ShareCopy | null } | null;
  readonly secrets: Outcome<{ custody: SecretsCustody; warnings: Warning[] }> | null;
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
  'back-up-databases': { input: { runId: string; round: number; targets: DatabaseTarget[] }; output: DatabaseOutcome[] };
  'back-up-one-database': { input: { runId: string; round: number; target: DatabaseTarget }; output: DatabaseOutcome };
  'copy-share': { input: CopyShareRequest; output: ShareCopy };
  'keep-secrets': { input: { runId: string }; output: Outcome<{ custody: SecretsCustody; warnings: Warning[] }> };
}

export interface CopyShareRequest {
  readonly runId: string;
  readonly sequence: number;
  readonly pass: 'bulk' | 'delta';
  readonly base: ShareBase;
  /** Where the boxes so far have come to; carried when the history is cut short. */
  readonly progress?: { readonly results: string[]; readonly cursor: string };
}

export interface RunEnd {
  readonly status: RunSummary['status'];
  /** As it is on record; nothing when it could not be written. */
  readonly summary?: RunSummary;
}
