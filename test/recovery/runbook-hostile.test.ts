import { spawnSync } from 'node:child_process';
import { tokenize } from '../../sandbox/sql-server/tsql/tokenize';
import { runbookFormats, runbookSchema } from '../../src/contracts/runbook';
import { bash, powershell, powershellPath, unwritable } from '../../src/recovery/runbook/quote';
import { runbooksIn } from '../support/runbooks';
import { commandOf, commandsIn, databaseNamed, pointWith, shareRecord } from './runbook-stage';

/** Each would end what it stands in somewhere: in one of three shells, in T-SQL, in Markdown or in HTML. */
const printable = [
  "o'clock",
  'a`b``c```d',
  '$(calc) $x ${y} `whoami`',
  '"; rm -rf / #',
  "'; DROP DATABASE appservice_hosting; --",
  "]; DROP DATABASE appservice_hosting; --'",
  '\u2019; calc; \u2018',
  '<script>alert(1)</script>',
  '</code></pre><img src=x onerror=alert(1)>',
  '&lt;b&gt; | pipe | [x](javascript:alert(1))',
  '# head *bold* _it_ ~~no~~ <!-- -->',
  '-x --help',
  '%PATH% !x! ^&|',
];
const unprintable = ['a\nGO\n!!calc\n', 'a\r\n```\n# head', 'a\u2028b', '\u202Egnp.exe', 'a\u0000b', 'a\tb', '\uDC80', '\u200B'];

const runbooks = runbooksIn();

/** A record that somebody changed: the value wherever text of others can come from. */
function doctored(value: string) {
  const problem = { code: 'internal', message: value, hint: value } as const;
  const hosting = databaseNamed(value, {
    server: value,
    edition: value,
    group: value,
    files: [{ key: `databases/x/${value}.bak`, container: value, size: 1, sha256: 'ab'.repeat(32) }],
  });
  const items = [
    { status: 'succeeded' as const, ...hosting },
    { status: 'succeeded' as const, ...databaseNamed('master', { server: value }) },
    { status: 'failed' as const, server: value, database: value, problem },
  ];
  const failed = { first: [{ path: value, code: value, message: value, keptEarlier: true }] };
  const point = pointWith({
    ...{ id: value, stamp: value, reason: value, repositoryId: value, hubkeepVersion: value, notCarried: [value] },
    databases: { status: 'partial', items },
    fileshare: shareRecord({
      source: value,
      excludes: [value],
      failed,
      counts: { ...shareRecord().counts, failed: 2, stale: 1 },
    }),
    secrets: {
      status: 'succeeded',
      ...{ vault: value, name: value, version: value, capturedAt: '2026-01-01T00:00:00Z', stored: false, size: 1, problem },
    },
    warnings: [{ code: value, message: value, hint: value }],
  });
  const marks = [{ kind: 'suspect', at: value, reason: value }];
  return runbooksIn({ store: `https://x/${value}`, container: value, vault: value }).of(point, {
    targets: { sqlServer: value, share: value },
    marks,
  });
}

const tagsOf = (page: string) => [...page.matchAll(/<[^>]*>/g)].map(([tag]) => tag.replace(/(?<=<meta http-equiv=)[^>]*/, ''));

/** Lines outside of code blocks, as CommonMark takes them, and the blocks. */
function blocksOf(markdown: string) {
  const outside: string[] = [];
  const inside: string[][] = [];
  let fence: string | undefined;
  for (const line of markdown.split(/\r\n|[\n\r]/)) {
    const ticks = /^ {0,3}(`{3,})/.exec(line)?.[1];
    if (fence === undefined && ticks !== undefined) {
      fence = ticks;
      inside.push([]);
    } else if (fence !== undefined && ticks !== undefined && ticks.length >= fence.length && line.trim() === ticks)
      fence = undefined;
    else (fence === undefined ? outside : inside.at(-1)!).push(line);
  }
  return { outside, inside, isClosed: fence === undefined };
}

/** What is left of a line when its code spans and escapes are taken out. */
function markupOf(line: string): string {
  return line.replace(/\\[\\`*_[\]<>&~|$#]/g, '').replace(/(?<!`)(`+)(?!`)(.*?)(?<!`)\1(?!`)/g, '');
}

describe.each([...printable, ...unprintable])('%j as a name', (value) => {
  const runbook = doctored(value);

  test('is carried by the document as it is', () => {
    expect(runbookSchema.parse(JSON.parse(runbooks.render(runbook, 'json')))).toEqual(JSON.parse(JSON.stringify(runbook)));
  });

  test('makes no markup in HTML', () => {
    const page = runbooks.render(runbook, 'html');
    const plain = runbooks.render(doctored(unprintable.includes(value) ? 'a\nb' : 'plain'), 'html');
    expect(tagsOf(page)).toEqual(tagsOf(plain));
    expect(page).not.toMatch(/<(script|img|iframe|link|a href="(?!#))/i);
    expect(page).not.toMatch(/[^\P{Cc}\n]|[\u202a-\u202e\u2028\u2029]/u);
  });

  test('makes no markup in Markdown', () => {
    const { outside, inside, isClosed } = blocksOf(runbooks.render(runbook, 'md'));
    expect(isClosed).toBe(true);
    const blocks = runbook.sections.flatMap(({ steps }) => steps.flatMap(({ items }) => items));
    expect(inside.map((lines) => lines.join('\n'))).toEqual(
      blocks.flatMap((item) => (item.type === 'command' || item.type === 'file' ? [item.text.trimEnd()] : [])),
    );
    for (const line of outside) {
      expect(markupOf(line)).not.toMatch(/<|!\[|\]\(/);
      expect(line).not.toMatch(/[^\P{Cc}]|[\u202a-\u202e\u2028\u2029]/u);
    }
    expect(
      outside.filter((line) => /^#+ /.test(line)).every((line) => /^(# Recovery of|## (Before|\d+\.)|### \d+\.\d+ )/.test(line)),
    ).toBe(true);
  });

  test('stays one word of a shell', () => {
    const words = spawnSync('bash', [
      '-c',
      `hubkeep() { printf '%s\\0' "$@"; }\n${commandOf(runbook, 'restore-databases').text}`,
    ]);
    const expected = unprintable.includes(value) ? unwritable : value;
    expect(words.stderr.toString()).toBe('');
    expect(words.stdout.toString().split('\0')).toEqual(['restore', expected, '--databases', 'restored/databases', '']);
    for (const { shell, text } of commandsIn(runbook)) {
      expect(text).not.toMatch(/[^\P{Cc}\n]|[\u202a-\u202e\u2028\u2029]/u);
      if (shell === 'bash') expect(spawnSync('bash', ['-n', '-c', text]).stderr.toString()).toBe('');
    }
  });

  test('stays one name of T-SQL', () => {
    const statements = commandsIn(runbook).filter(({ shell }) => shell === 'tsql');
    if (unprintable.includes(value)) {
      expect(statements.map(({ id }) => id).filter((id) => id.startsWith('restore-'))).toEqual([]);
      return;
    }
    const kinds = (text: string) => tokenize(text).map(({ kind }) => kind);
    const plain = commandsIn(doctored('plain')).filter(({ shell }) => shell === 'tsql');
    expect(statements.map(({ text }) => kinds(text))).toEqual(plain.map(({ text }) => kinds(text)));
    const restored = tokenize(commandOf(runbook, 'restore-1').text);
    expect(restored.filter(({ kind }) => kind === 'quoted')).toEqual([{ kind: 'quoted', text: value }]);
    expect(restored.filter(({ kind }) => kind === 'string').map(({ text }) => text)).toContain(value);
  });

  test('stays one string of PowerShell', () => {
    for (const { id, shell, text } of commandsIn(runbook)) {
      if (shell === 'powershell')
        expect({ id, left: withoutStrings(text) }).not.toMatchObject({
          left: expect.stringMatching(/calc|DROP|rm -rf|onerror|whoami/),
        });
    }
  });
});

/** What PowerShell would read as code: without strings in single quotes, which any of five characters begins, ends or doubles. */
function withoutStrings(text: string): string {
  const quote = "['\u2018\u2019\u201a\u201b]";
  return text.replace(new RegExp(`${quote}(?:[^'\u2018-\u201b]|${quote}${quote})*${quote}`, 'g'), '');
}

test('quoting of each shell', () => {
  expect(["it's", 'a b', '-x', 'plain/path.bak', 'a\nb', ''].map(bash)).toEqual([
    String.raw`'it'\''s'`,
    "'a b'",
    "'-x'",
    'plain/path.bak',
    `'${unwritable}'`,
    `'${unwritable}'`,
  ]);
  expect(["it's", 'a\u2019b', 'a"b', '$(x)'].map(powershell)).toEqual([
    "'it''s'",
    "'a\u2019\u2019b'",
    `'${unwritable}'`,
    "'$(x)'",
  ]);
  expect([String.raw`\\fs01\WebSites` + '\\', 'C:\\'].map(powershellPath)).toEqual([
    String.raw`'\\fs01\WebSites'`,
    String.raw`'C:\'`,
  ]);
});

test('no format holds a value that a template forgot', () => {
  for (const format of runbookFormats)
    expect(runbooks.render(runbooks.of(pointWith()), format)).not.toMatch(/undefined|\[object|NaN/);
});
