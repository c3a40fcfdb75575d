#!/usr/bin/env -S node --
// The two dashes keep Node from taking --env-file for its own, which would end the program with a message of Node's.
import { enableCompileCache } from 'node:module';
import { setFlagsFromString } from 'node:v8';

const oldestNode = 24;

// Before anything else is loaded: an older Node fails at an import, with a message that helps nobody.
if (Number(process.versions.node.split('.', 1)[0]) < oldestNode) {
  process.stderr.write(`hubkeep: needs Node.js ${oldestNode} or newer; this is ${process.version}\n`);
  process.exitCode = 2;
} else {
  // Nearly all a backup makes is garbage at once: more room for the young costs memory and gains no time.
  setFlagsFromString('--semi-space-growth-factor=1');
  // The SDKs are a third of a second of parsing at every start.
  enableCompileCache();
  void import('./run-cli.js').then(({ runCli }) => runCli(process.argv.slice(2)));
}
