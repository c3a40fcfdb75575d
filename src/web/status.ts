import type { Component } from '../contracts/components';
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
  /** Newest first. */
  readonly points: readonly StatusPoint[];
  readonly unreadable: readonly Pick<Problem & { id: string }, 'id' | 'message'>[];
  readonly running: { readonly run: RunSummary; readonly phase: Phase; readonly progress: readonly Progress[] } | undefined;
  readonly lastEnded: RunSummary | undefined;
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
}
