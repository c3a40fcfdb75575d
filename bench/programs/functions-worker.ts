/** Loads the app named on the command line with `@azure/functions-core` in place, and sends what that took to its parent. */
import Module from 'node:module';

interface Core {
  registerFunction(metadata: { readonly name: string }): object;
  readonly [member: string]: unknown;
}

const [main = ''] = process.argv.slice(2);
const functions: string[] = [];
let model: unknown;

class Disposable {
  constructor(readonly dispose: () => void) {}
}

const core: Core = {
  version: '3.0.0',
  hostVersion: '4.0.0',
  Disposable,
  registerFunction({ name }) {
    functions.push(name);
    return new Disposable(() => undefined);
  },
  registerHook: () => new Disposable(() => undefined),
  setProgrammingModel: (given: unknown) => void (model = given),
  getProgrammingModel: () => model,
  log: () => undefined,
};

// The worker puts this module in place in the same way: for whoever requires it by its name.
Module.prototype.require = new Proxy(Module.prototype.require, {
  apply: (target, self, words: [string]) => (words[0] === '@azure/functions-core' ? core : Reflect.apply(target, self, words)),
});

const known = new Set(Object.keys(require.cache));
const [cpu, began] = [process.cpuUsage(), performance.now()];
require(main);
const seconds = (performance.now() - began) / 1000;
const { user, system } = process.cpuUsage(cpu);
process.send?.(
  {
    ...{ seconds, cpuSeconds: (user + system) / 1e6, residentBytes: process.memoryUsage.rss(), functions },
    files: Object.keys(require.cache).filter((file) => !known.has(file)),
  },
  () => process.exit(0),
);
