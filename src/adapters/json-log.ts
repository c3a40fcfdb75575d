import { redact } from '../errors/redact';
import type { Clock } from '../ports/clock';
import type { Log, LogFields } from '../ports/log';
import { createSystemClock } from './system-clock';

export const logLevels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];

/**
 * Writes one JSON line per event: time, level, event, then the fields. `write` gets the line without its newline.
 * Events below `lowest` are dropped; credentials in texts are struck out.
 */
export function createJsonLog(write: (line: string) => void, lowest: LogLevel = 'info', clock: Clock = createSystemClock()): Log {
  return withFields({});

  function withFields(own: LogFields): Log {
    const at =
      (level: LogLevel) =>
      (event: string, fields: LogFields = {}) => {
        if (logLevels.indexOf(level) < logLevels.indexOf(lowest)) return;
        const head = { time: clock.now().toISOString(), level, event };
        // The head comes first to be read and last to win over fields of the same names.
        write(JSON.stringify({ ...head, ...clean({ ...own, ...fields }), ...head }));
      };
    return {
      debug: at('debug'),
      info: at('info'),
      warn: at('warn'),
      error: at('error'),
      child: (fields) => withFields({ ...own, ...fields }),
    };
  }
}

function clean(fields: LogFields): LogFields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, typeof value === 'string' ? redact(value) : value]),
  );
}
