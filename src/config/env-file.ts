import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { HubkeepError } from '../errors/hubkeep-error';
import { envFileDoubts } from './env-file-doubts';
import type { Environment } from './load-config';

/** The settings of a dotenv-style file; lines without effect are told to `warn`. A file that cannot be read throws `config.invalid`. */
export function readEnvFile(file: string, warn: (doubt: string) => void = () => undefined): Environment {
  try {
    const content = readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
    envFileDoubts(file, content).forEach(warn);
    return parseEnv(content);
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new HubkeepError('config.invalid', `Cannot read the settings file ${file} (${why})`, {
      hint: 'Give --env-file the path of a text file with one NAME=value a line.',
      cause,
    });
  }
}
