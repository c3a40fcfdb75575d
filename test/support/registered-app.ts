import { createFunctionsHost, type FunctionsHost, type FunctionsHostOptions } from './functions-host/host';

export interface RegisteredApp extends FunctionsHost {
  /** Lines the app has logged. */
  readonly printed: readonly Record<string, unknown>[];
}

export interface RegisteredAppOptions extends FunctionsHostOptions {
  /** The file that the host loads; what was compiled when not given. */
  readonly main?: string;
}

/** The app as Azure loads it, in a pretend host, with these settings on top of the machine's. */
export async function openRegisteredApp(
  settings: Readonly<Record<string, string>>,
  { main = require.resolve('../../src/index'), ...options }: RegisteredAppOptions = {},
): Promise<RegisteredApp> {
  const host = await createFunctionsHost(options);
  const print = process.stdout.write;
  const printed: Record<string, unknown>[] = [];
  process.stdout.write = (line) => {
    printed.push(JSON.parse(String(line)) as Record<string, unknown>);
    return true;
  };
  withEnvironment(settings, () => {
    host.load(() => {
      jest.isolateModules(() => require(main) as unknown);
    });
  });
  return {
    ...host,
    functions: host.functions,
    printed,
    async close() {
      process.stdout.write = print;
      await host.close();
    },
  };
}

function withEnvironment(settings: Readonly<Record<string, string>>, work: () => void) {
  const before = process.env;
  process.env = { ...before, ...settings };
  try {
    work();
  } finally {
    process.env = before;
  }
}
