import type { Component } from '../contracts/components';
import type { Drill } from '../contracts/drill';
import type { Problem } from '../contracts/outcome';
import type { Phase, Progress, RunSummary } from '../contracts/run';

/** What the status page shows. */
export interface Status {
  readonly stamp: string;
  readonly version: string;
  /** Where recovery points are kept, without credential. */
  readonly store: string;
  readonly now: Date;
  /** The last night's slot and the next. */
  readonly lastSlot: Date;
  readonly nextSlot: Date | undefined;
  /** What is configured to be backed up. */
  readonly components: readonly Component[];
  /** Newest first; the newest of them, when there are more. */
  readonly points: readonly StatusPoint[];
  /** Of those there are, shown or not. */
  readonly pointsInAll: number;
  /** What the newest point lacks of the components. */
  readonly lacking: readonly Component[];
  /** The newest point that lacks none. */
  readonly newestFull: Pick<StatusPoint, 'id' | 'startedAt' | 'committedAt'> | undefined;
  readonly unreadable: readonly Pick<Problem & { id: string }, 'id' | 'message'>[];
  readonly running: { readonly run: RunSummary; readonly phase: Phase; readonly progress: readonly Progress[] } | undefined;
  readonly lastEnded: RunSummary | undefined;
  /** The last rehearsal of a restore that ended. */
  readonly lastDrill: Drill | undefined;
  /** Whether any is scheduled. */
  readonly drillsScheduled: boolean;
  /** Runs that ended without a point since the newest full one, newest first. */
  readonly failedRuns: readonly RunSummary[];
}

export interface StatusPoint {
  readonly id: string;
  readonly sequence: number;
  readonly outcome: 'complete' | 'partial';
  readonly components: readonly Component[];
  readonly startedAt: string;
  readonly committedAt: string;
  readonly files: number | null;
  readonly bytes: number;
  readonly newBytes: number;
  readonly skewSeconds: number | null;
  /** Why it should not be relied upon, where somebody found that. */
  readonly suspicion: string | undefined;
}
