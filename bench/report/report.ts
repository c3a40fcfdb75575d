import type { Program } from '../harness/programs';

/** What one bench has found out. */
export interface Report {
  /** Names its part of the page, and of the results that a program can read. */
  readonly section: string;
  readonly title: string;
  /** What was backed up, in words. */
  readonly tree: string;
  readonly runs: number;
  /** How to have it measured again. */
  readonly command: string;
  /** The other programs that took part, with their versions. */
  readonly versions: ReadonlyMap<Program, string>;
  /** Markdown: tables and the sentences about them. */
  readonly body: string;
  /** The figures that goals are about, medians or medians of ratios. */
  readonly figures: Readonly<Record<string, number>>;
}
