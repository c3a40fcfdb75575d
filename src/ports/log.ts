export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * Structured log. Events are named `area.verb` in lower case; fields are flat and never carry a secret.
 * `error`: a human must act. `warn`: degraded but going on. `info`: stage transitions and totals.
 */
export interface Log {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
  child(fields: LogFields): Log;
}
