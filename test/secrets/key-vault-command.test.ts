import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keyVaultCommand } from '../../src/secrets/key-vault-command';

const version = (digit: string) => digit.repeat(32);
const custody = {
  ...{ vault: 'https://v.vault.azure.net', name: 'east-SystemSecrets', version: version('a') },
  ...{ capturedAt: '2026-11-22T02:00:00.000Z', stored: true, size: 3 },
};
const parts = ['1', '2', '3'].map((part) => ({ name: `east-SystemSecrets-part-0${part}`, version: version(part) }));

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'hubkeep-command-'));
  // Stands for the Azure CLI: writes the first digit of the version that it is asked for, and fails for a file that is there.
  const az = `#!/bin/sh
[ "$1 $2 $3" = "keyvault secret download" ] || exit 9
while [ $# -gt 0 ]; do case $1 in --id) id=$2;; --file) to=$2;; esac; shift; done
[ -e "$to" ] && exit 8
case $id in *"$REFUSED") exit 7;; esac
printf %s "$id" | tail -c 1 > "$to"`;
  writeFileSync(join(directory, 'az'), az);
  chmodSync(join(directory, 'az'), 0o755);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function run(command: string, refused = 'nothing') {
  const PATH = `${directory}:${process.env['PATH'] ?? ''}`;
  return spawnSync('sh', ['-c', command], { cwd: directory, env: { PATH, REFUSED: refused, TMPDIR: directory } }).status;
}
const file = () => join(directory, 'SystemSecrets.JSON');

test.each([
  ['one secret', custody, 'a'],
  ['parts', { ...custody, parts }, '123'],
])('the command for %s gives the whole file, for its owner alone', (_what, of, expected) => {
  expect(run(keyVaultCommand(of))).toBe(0);
  expect(readFileSync(file(), 'utf8')).toBe(expected);
  expect(statSync(file()).mode & 0o777).toBe(0o600);
});

test('a part that cannot be had leaves nothing, and what is there is kept', () => {
  expect(run(keyVaultCommand({ ...custody, parts }), version('2'))).not.toBe(0);
  expect(statSync(file(), { throwIfNoEntry: false })).toBeUndefined();
  writeFileSync(file(), 'mine');
  expect(run(keyVaultCommand({ ...custody, parts }))).not.toBe(0);
  expect(readFileSync(file(), 'utf8')).toBe('mine');
});

test.each([
  ['vault', "https://v'; touch /tmp/x; echo '"],
  ['name', 'a b'],
  ['version', 'latest; rm -rf ~'],
])('a record whose %s is no such thing is printed as no command', (field, value) => {
  expect(() => keyVaultCommand({ ...custody, [field]: value })).toThrow(expect.objectContaining({ code: 'format.damaged' }));
});
