/** One thing an orchestrator asks of its engine, as plain data: what the engines interpret and determinism tests compare. */
export type Step = LeafStep | { readonly kind: 'all'; readonly steps: readonly Step[] };

export type LeafStep =
  | { readonly kind: 'call'; readonly name: string; readonly input: unknown }
  | { readonly kind: 'sub'; readonly name: string; readonly input: unknown }
  /** UTC, ISO 8601. */
  | { readonly kind: 'sleep'; readonly until: string };

/** The steps that do work, in the order written, whatever the nesting. */
export function leavesOf(step: Step): LeafStep[] {
  return step.kind === 'all' ? step.steps.flatMap(leavesOf) : [step];
}

/** Puts the results of `leavesOf(step)` back into the shape the orchestrator asked for. */
export function assemble(step: Step, results: readonly unknown[]): unknown {
  const remaining = results.values();
  const take = (current: Step): unknown => (current.kind === 'all' ? current.steps.map(take) : remaining.next().value);
  return take(step);
}
