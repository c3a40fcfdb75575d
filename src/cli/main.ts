#!/usr/bin/env -S node --
// The two dashes keep Node from taking --env-file for its own, which would end the program with a message of Node's.
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';

const oldestNode = 24;

// Before anything else is loaded: an older Node fails at an import, with a message that helps nobody.
if (Number(process.versions.node.split('.', 1)[0]) < oldestNode) {
  process.stderr.write(`hubkeep: needs Node.js ${oldestNode} or newer; this is ${process.version}\n`);
  process.exitCode = 2;
} else {
  // A report of a crash would hold every setting, secret ones too.
  process.report.excludeEnv = true;
  // Nearly all that a backup or restore makes is garbage at once: more room for it costs memory and gains next to no time.
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--heap-growing-percent=100');
  // Beside the program, where nobody can write who could not change the program itself; without it a start takes longer.
  enableCompileCache(join(__dirname, '..', '..', '.compile-cache'));
  void import('./run-cli.js').then(({ runCli }) => runCli(process.argv.slice(2)));
}
