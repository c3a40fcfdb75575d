/** Tells the operator. Failing to is logged by whoever calls it, and never fails a run. */
export interface Notifier {
  notify(document: unknown): Promise<void>;
}
