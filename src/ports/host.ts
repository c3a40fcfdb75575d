/** The machine and process this runs in. */
export interface Host {
  readonly name: string;
  readonly pid: number;
  /** Changes when the machine starts anew, so that a process id is never taken for an older one's. */
  readonly bootId: string;
  isAlive(pid: number): boolean;
}
