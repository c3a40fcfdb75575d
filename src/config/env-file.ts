import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { HubkeepError } from '../errors/hubkeep-error';
import type { Environment } from './load-config';

/** The settings of a dotenv-style file. A file that cannot be read throws `config.invalid`. */
export function readEnvFile(file: string): Environment {
  try {
    return parseEnv(readFileSync(file, 'utf8').replace(/^\uFEFF/, ''));
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new HubkeepError('config.invalid', `Cannot read the settings file ${file} (${why})`, {
      hint: 'Give --env-file the path of a text file with one NAME=value a line.',
      cause,
    });
  }
}
