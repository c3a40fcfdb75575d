import { spawnSync } from 'node:child_process';
import { createLocalHost } from '../../../src/adapters/local-host/local-host';
import { createSystemClock } from '../../../src/adapters/system-clock';
import { createHandClock } from '../../secrets/vault-stage';

const pid = process.pid;

test('this process is alive, and one of another start of the machine is not', () => {
  const host = createLocalHost(createSystemClock());
  expect(host.isAlive(host)).toBe(true);
  expect(host.isAlive({ pid, bootId: 'another' })).toBe(false);
});

test('a process that ended is not alive', () => {
  const host = createLocalHost(createSystemClock());
  const { pid: ended } = spawnSync(process.execPath, ['--version']);
  expect(host.isAlive({ pid: ended, bootId: host.bootId })).toBe(false);
});

describe('where the machine does not name its starts', () => {
  const clock = createHandClock('2026-11-22T02:00:00.000Z');
  const hostUp = (seconds: number) => createLocalHost(clock, { bootIdFile: '/nowhere', upSeconds: () => seconds });

  test('the moment that it came up does, also when a clock was set right meanwhile', () => {
    const { bootId } = hostUp(3600.4);
    clock.advance(60_000);
    expect(hostUp(3659.6).isAlive({ pid, bootId })).toBe(true);
    expect(hostUp(3690).isAlive({ pid, bootId })).toBe(true);
  });

  test('and a later start is another one', () => {
    const { bootId } = hostUp(3600);
    expect(hostUp(30).isAlive({ pid, bootId })).toBe(false);
  });
});
