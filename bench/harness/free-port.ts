import { createServer } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import type { Context } from './context';

const patienceSeconds = 300;

/**
 * Waits until nobody listens on a port.
 *
 * @throws when somebody still does after five minutes.
 */
export async function waitForPort(port: number, { signal, say }: Context): Promise<void> {
  for (let waited = 0; !(await isFree(port)); waited++) {
    if (waited === 0) say(`port ${port} is taken by another program; waiting up to ${patienceSeconds} s for it`);
    if (waited >= patienceSeconds) {
      throw new Error(`port ${port}, the only one restic looks for an emulator on, is taken by another program: end that first`);
    }
    await setTimeout(1000, undefined, { signal });
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
