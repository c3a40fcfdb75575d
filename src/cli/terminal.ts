export interface CommonOptions {
  readonly envFile?: string;
  readonly json?: boolean;
  readonly verbose?: boolean;
}

/** Where a command writes. With --json stdout holds one document and nothing else. */
export interface Terminal {
  readonly json: boolean;
  readonly verbose: boolean;
  /** True when somebody watches stderr. */
  readonly isWatched: boolean;
  /** What the command has to say, for a reader: stdout, or stderr with --json. */
  print(text: string): void;
  /** The one document; dropped without --json. */
  printJson(document: unknown): void;
  /** Anything on the way there: stderr. */
  note(text: string): void;
}

export function createTerminal({ json = false, verbose = false }: CommonOptions): Terminal {
  const note = (text: string) => {
    process.stderr.write(`${text}\n`);
  };
  return {
    json,
    verbose,
    isWatched: process.stderr.isTTY,
    print: json ? note : (text) => process.stdout.write(`${text}\n`),
    printJson(document) {
      if (json) process.stdout.write(`${JSON.stringify(document, undefined, 2)}\n`);
    },
    note,
  };
}
