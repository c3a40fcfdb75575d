import { readFile } from 'node:fs/promises';

/** What a bench leaves for programs; the page is for people. */
export interface Result {
  /** Day, `2026-11-25`. */
  readonly date: string;
  readonly machine: string;
  /** By program, Node among them. */
  readonly versions: Readonly<Record<string, string>>;
  readonly tree: string;
  readonly runs: number;
  readonly command: string;
  readonly figures: Readonly<Record<string, number>>;
}

/** By section. */
export type Results = Readonly<Record<string, Result>>;

export async function readResults(file: string): Promise<Results> {
  const text = await readIfThere(file);
  return text === undefined ? {} : (JSON.parse(text) as Results);
}

export async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
