import type { Log, LogFields } from '../../src/ports/log';

export interface LogEntry extends LogFields {
  readonly level: 'info' | 'warn' | 'error';
  readonly event: string;
}

/** A log to read afterwards, or to be told of each entry. */
export function createRecordingLog(onEntry: (entry: LogEntry) => void = () => undefined) {
  const entries: LogEntry[] = [];
  const at = (level: LogEntry['level']) => (event: string, fields?: LogFields) => {
    const entry = { ...fields, level, event };
    entries.push(entry);
    onEntry(entry);
  };
  const log: Log = { debug: () => undefined, info: at('info'), warn: at('warn'), error: at('error'), child: () => log };
  return { log, entries };
}
