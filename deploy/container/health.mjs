// Ends with 0 when Hubkeep answers on this very machine. The certificate is for the name that callers use, so it is not checked here.
import { get as getPlain } from 'node:http';
import { get as getSecure } from 'node:https';

const url = new URL('/api/health', process.argv[2] ?? 'https://127.0.0.1:8200');
const get = url.protocol === 'https:' ? getSecure : getPlain;

get(url, { rejectUnauthorized: false, timeout: 5_000 }, (answer) => end(answer.statusCode === 200))
  .on('timeout', () => end(false))
  .on('error', () => end(false));

function end(isHealthy) {
  process.exit(isHealthy ? 0 : 1);
}
