import { readdirSync } from 'node:fs';
import { scriptedFaults, type ScriptedFault } from '../../sandbox/sql-server/scripted-faults';
import { createSandbox, errorOf, type Sandbox } from '../sandbox/sql-server/support';
import { createBench, runId } from './support';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = createSandbox();
});
afterEach(() => sandbox.end());

async function backUpUnder(fault: ScriptedFault) {
  const bench = await createBench(sandbox, { backupMs: 100, faults: [scriptedFaults[fault]] });
  return { bench, request: { runId, server: bench.address, database: 'master' } };
}

const transient = { kind: 'transient', action: 'try again under a new name' };
const failover = { kind: 'failover', action: 'find the replica again' };
const configuration = { kind: 'configuration', action: 'fail' };
const corruption = { kind: 'corruption', action: 'fail, and hold older points' };

const refusals: readonly [
  ScriptedFault,
  { code: string; retryable: boolean; details: object; hint?: RegExp; message?: RegExp },
][] = [
  [
    'database gone',
    { code: 'sql.backup-failed', retryable: true, details: { number: 4060, ...failover }, hint: /availability group/ },
  ],
  ['replica not readable', { code: 'sql.backup-failed', retryable: true, details: { number: 976, ...failover } }],
  ['deadlock', { code: 'sql.backup-failed', retryable: true, details: { number: 1205, ...transient } }],
  [
    'another backup',
    { code: 'sql.backup-failed', retryable: true, details: { number: 3023, ...transient }, hint: /Another backup/ },
  ],
  [
    'device denied',
    {
      code: 'sql.backup-failed',
      retryable: false,
      details: { number: 3201, osError: 5, ...configuration },
      hint: /write permission/,
    },
  ],
  ['device unreachable', { code: 'sql.backup-failed', retryable: true, details: { number: 3201, osError: 53, ...transient } }],
  [
    'disk full',
    { code: 'sql.backup-failed', retryable: false, details: { number: 3202, osError: 112, ...configuration }, hint: /is full/ },
  ],
  [
    'aborted without a reason',
    { code: 'sql.backup-failed', retryable: false, details: { number: 3271, osError: 995, kind: 'wrapper' }, hint: /no reason/ },
  ],
  [
    'logged failure around a full disk',
    { code: 'sql.backup-failed', retryable: false, details: { number: 3202, ...configuration }, message: /not enough space/ },
  ],
  [
    'checksum of a page wrong',
    { code: 'sql.corrupt', retryable: false, details: { number: 3043, ...corruption }, hint: /CHECKDB/ },
  ],
  ['page damaged', { code: 'sql.corrupt', retryable: false, details: { number: 824, ...corruption }, hint: /CHECKDB/ }],
  ['medium aborted', { code: 'sql.backup-failed', retryable: true, details: { number: 18210, osError: 64, ...transient } }],
];

test.each(refusals)(
  '%s: the reason is found, and what to do about it',
  async (fault, { hint = /./, message = /master/, ...expected }) => {
    const { bench, request } = await backUpUnder(fault);
    const error = await errorOf(bench.databases.backUp(request));
    expect(error).toMatchObject({ ...expected, message: expect.stringMatching(message) });
    if (expected.details && hint.source !== '.') expect(error['hint']).toMatch(hint);
    expect(readdirSync(bench.staging)).toEqual([]);
    if (!expected.retryable) return;
    const { backup } = await bench.databases.backUp(request);
    expect(backup.verifyOnly.passed).toBe(true);
  },
);

test.each(['drop before', 'drop during'] as const)('%s: lost for now, and a new try succeeds', async (fault) => {
  const { bench, request } = await backUpUnder(fault);
  expect(await errorOf(bench.databases.backUp(request))).toMatchObject({ code: 'sql.connection-lost', retryable: true });
  expect((await bench.databases.backUp(request)).backup.proof.source).toBe('msdb');
});

test.each(['drop during, and the server goes on', 'drop after'] as const)(
  '%s: the backup the server finished is found and used',
  async (fault) => {
    const { bench, request } = await backUpUnder(fault);
    const { backup } = await bench.databases.backUp(request);
    expect(backup.proof.source).toBe('msdb');
    expect(bench.server.history.list()).toHaveLength(1);
  },
);
