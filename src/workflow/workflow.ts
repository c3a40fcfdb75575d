import type { Step } from './steps';

/** What one activity or orchestrator takes and gives. Both travel as JSON and stay small; make them objects. */
export interface Signature {
  readonly input: unknown;
  readonly output: unknown;
}
/** Names with their signatures. `A extends Signatures<A>` accepts interfaces as well as type aliases. */
export type Signatures<T> = { readonly [K in keyof T]: Signature };
export type Name<T> = keyof T & string;

/** Work asked for but not scheduled: it starts when the orchestrator says `yield* call`. */
export interface Call<T> {
  readonly step: Step;
  [Symbol.iterator](): Generator<Step, T, unknown>;
}

/** The results of several calls, position by position. */
export type Results<C extends readonly Call<unknown>[]> = {
  -readonly [K in keyof C]: C[K] extends Call<infer T> ? T : never;
};

export const nextRound = Symbol.for('hubkeep.workflow.next-round');
/** Returned, not thrown, so that no catch block of the orchestrator can swallow it. */
export interface ContinueAsNew<I> {
  readonly [nextRound]: true;
  readonly input: I;
}

/** The body of an orchestrator: a pure synchronous generator. */
export type Orchestration<I, O> = Generator<Step, O | ContinueAsNew<I>, unknown>;

/** A part of an orchestration, used with `yield*`, that gives a T. */
export type Steps<T> = Generator<Step, T, unknown>;

/**
 * What an orchestrator sees of its engine. An orchestrator may be run again from its start at any time with recorded
 * results, so everything it does goes through here.
 *
 * A step that fails for good throws `StepFailed` at its `yield*`; it may be caught.
 */
export interface Workflow<A extends Signatures<A>, O extends Signatures<O>> {
  /** An activity. Whether and when it is tried again is in the engine's retry table, not here. */
  call<N extends Name<A>>(name: N, input: A[N]['input']): Call<A[N]['output']>;
  sub<N extends Name<O>>(name: N, input: O[N]['input']): Call<O[N]['output']>;
  /**
   * Runs fresh calls side by side and gives their results in the order written; nothing for nothing.
   * Waits until every one has settled, then throws the first failure in the order written.
   */
  all<const C extends readonly Call<unknown>[]>(calls: C): Call<Results<C>>;
  /** UTC, ISO 8601. A time in the past returns at once. */
  sleepUntil(time: string): Call<void>;
  /** `return workflow.continueAsNew(input)` starts over with `input` and an empty history. */
  continueAsNew<I>(input: I): ContinueAsNew<I>;
  /** JSON under 8 KB that clients can read. Change it at phase and round ends only. */
  setStatus(status: unknown): void;
  /** UTC, ISO 8601. The same on every replay. */
  now(): string;
  /** A UUID. The same on every replay. */
  newId(): string;
  /** Silent while replaying. */
  readonly log: WorkflowLog;
}

type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;
export interface WorkflowLog {
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
}

export type Orchestrator<A extends Signatures<A>, O extends Signatures<O>, N extends Name<O>> = (
  workflow: Workflow<A, O>,
  input: O[N]['input'],
) => Orchestration<O[N]['input'], O[N]['output']>;

export type Orchestrators<A extends Signatures<A>, O extends Signatures<O>> = {
  readonly [N in Name<O>]: Orchestrator<A, O, N>;
};
export type Activities<A extends Signatures<A>> = {
  readonly [N in Name<A>]: (input: A[N]['input']) => Promise<A[N]['output']>;
};
