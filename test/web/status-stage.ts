import type { Status, StatusPoint } from '../../src/web/status';

export function pointOn(day: number, changes: Partial<StatusPoint> = {}): StatusPoint {
  const date = `2026-11-${String(day).padStart(2, '0')}`;
  return {
    id: `${date.replaceAll('-', '')}T020000Z-7f3a`,
    sequence: day,
    outcome: 'complete',
    components: ['databases', 'fileshare', 'secrets'],
    startedAt: `${date}T02:00:00.412Z`,
    committedAt: `${date}T02:14:09.000Z`,
    files: 412_345 + day,
    bytes: 98_765_432_100,
    newBytes: 123_456_789,
    skewSeconds: 95,
    suspicion: undefined,
    ...changes,
  };
}

/** Half past nine after a good night, with a run on demand under way. */
export function statusWith(changes: Partial<Status> = {}): Status {
  return {
    stamp: 'north',
    version: '0.1.0',
    store: 'https://backups.blob.core.windows.net/hubkeep',
    now: new Date('2026-11-22T09:30:00.000Z'),
    lastSlot: new Date('2026-11-22T02:00:00.000Z'),
    nextSlot: new Date('2026-11-23T02:00:00.000Z'),
    points: [22, 21, 20, 19, 18].map((day) =>
      pointOn(day, day === 20 ? { outcome: 'partial', components: ['databases', 'fileshare'], skewSeconds: null } : {}),
    ),
    components: ['databases', 'fileshare', 'secrets'],
    pointsInAll: 5,
    lacking: [],
    lastDrill: undefined,
    drillsScheduled: true,
    newestFull: pointOn(22),
    unreadable: [],
    running: undefined,
    lastEnded: {
      runId: '20261122T020000Z-7f3a',
      status: 'complete',
      phase: 'ended',
      components: ['databases', 'fileshare', 'secrets'],
      trigger: 'timer',
      hubkeepVersion: '0.1.0',
      startedAt: '2026-11-22T02:00:00.412Z',
      endedAt: '2026-11-22T02:14:11.000Z',
      recoveryPoint: '20261122T020000Z-7f3a',
      problems: [],
      warnings: [],
    },
    failedRuns: [],
    ...changes,
  };
}

/** As `statusWith`, with something of everything. */
export function busyStatus(): Status {
  const { lastEnded } = statusWith();
  return statusWith({
    lastEnded: lastEnded && {
      ...lastEnded,
      status: 'partial',
      problems: [
        {
          component: 'databases',
          subject: 'sql2/appservice_metering',
          code: 'sql.unreachable',
          message: 'sql2 did not answer on port 1433 (ETIMEDOUT)',
          hint: 'Check that this host can reach sql2, and that SQL_SERVERS names the right one.',
        },
      ],
      warnings: [
        {
          code: 'secrets.old',
          message: 'SystemSecrets.JSON was stored 97 days ago',
          hint: 'Download it again and run hubkeep secrets put.',
        },
      ],
    },
    points: [pointOn(22, { outcome: 'partial' }), ...statusWith().points.slice(1)],
    unreadable: [
      { id: '20261117T020000Z-7f3a', message: 'the record of 20261117T020000Z-7f3a is not the one that was committed' },
    ],
    running: {
      run: {
        runId: '20261122T092712Z-c0de',
        status: 'running',
        phase: 'copying',
        components: ['databases', 'fileshare'],
        trigger: 'http',
        reason: 'before the update to 24R1',
        hubkeepVersion: '0.1.0',
        startedAt: '2026-11-22T09:27:12.000Z',
        problems: [],
        warnings: [],
      },
      phase: 'copying',
      progress: [
        { activity: 'databases-sql1-appservice_hosting', at: '2026-11-22T09:29:55.000Z', percent: 62 },
        { activity: 'fileshare-bulk', at: '2026-11-22T09:29:52.000Z', files: 120_345, bytes: 34_567_890_123 },
      ],
    },
  });
}
