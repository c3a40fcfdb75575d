export interface ProcessOfHost {
  readonly pid: number;
  /** Changes when the machine starts anew, so that a process id is never taken for an older one's. */
  readonly bootId: string;
}

/** The machine and process this runs in. */
export interface Host extends ProcessOfHost {
  readonly name: string;
  /** Whether a process of this machine still runs. One from before the machine started anew does not. */
  isAlive(process: ProcessOfHost): boolean;
}
