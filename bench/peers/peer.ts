import type { Context } from '../harness/context';
import type { Measured } from '../harness/measure';

export interface PeerOptions {
  /** Counts what it asks of its store; such a run is no measure of time. */
  readonly counted?: boolean;
}

/** A program that backs up a tree. */
export interface Peer {
  readonly name: string;
  /** With a new and empty store. */
  open(context: Context, options?: PeerOptions): Promise<PeerSession>;
}

export interface PeerSession {
  backUp(tree: string): Promise<Measured>;
  /** The newest backup, into a directory that does not exist yet. */
  restore(target: string): Promise<Measured>;
  storedBytes(): Promise<number>;
  /** How many requests of which kind the store has seen; empty unless counted. */
  transactions(): ReadonlyMap<string, number>;
  /** Nothing keeps running, the store is gone. */
  close(): Promise<void>;
}
