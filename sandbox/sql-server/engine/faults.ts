import type { ServerMessage } from '../tds/tokens';

export interface Fault {
  /** Compared with the text of the whole batch: a part of it, without regard to case, or a pattern. */
  readonly match: string | RegExp;
  /** How many statements it hits; once unless told. */
  readonly times?: number;
  /** Percent of a BACKUP at which it strikes; absent, before the statement starts. */
  readonly atPercent?: number;
  readonly delayMs?: number;
  readonly errors?: readonly (Pick<ServerMessage, 'number' | 'text'> & Partial<ServerMessage>)[];
  /** `abort` loses the connection and the work, `continue` leaves a BACKUP an orphan, which KILL alone ends early. */
  readonly drop?: 'abort' | 'continue';
  /** Goes quiet until the client cancels or leaves, an orphan until it is killed. */
  readonly stall?: boolean;
}

/** The script of what goes wrong, changeable while the server runs. */
export interface Faults {
  add(fault: Fault): void;
  clear(): void;
  /** Faults that strike this batch now: each hit counts. */
  take(batch: string, percent?: number): Fault[];
}

export function createFaults(initial: readonly Fault[] = []): Faults {
  let script: { fault: Fault; left: number }[] = [];
  const add = (fault: Fault) => script.push({ fault, left: fault.times ?? 1 });
  initial.forEach(add);
  return {
    add,
    clear: () => {
      script = [];
    },
    take(batch, percent) {
      const hits = script.filter(({ fault, left }) => left > 0 && matches(fault, batch) && strikes(fault, percent));
      for (const hit of hits) hit.left--;
      return hits.map(({ fault }) => fault);
    },
  };
}

function matches(fault: Fault, batch: string): boolean {
  if (typeof fault.match !== 'string') return fault.match.test(batch);
  return batch.toLowerCase().includes(fault.match.toLowerCase());
}

function strikes(fault: Fault, percent: number | undefined): boolean {
  if (percent === undefined) return fault.atPercent === undefined;
  return fault.atPercent !== undefined && percent >= fault.atPercent;
}
