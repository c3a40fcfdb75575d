// Stands where the Functions worker puts `@azure/functions-core` (jest maps the name to this file): it takes what an
// app registers. Registrations go to the host that is loading an app. Hooks are accepted and never called.

export interface Binding {
  readonly name?: string;
  readonly type: string;
  readonly direction: 'in' | 'out';
  readonly [property: string]: unknown;
}

export interface FunctionMetadata {
  readonly name: string;
  readonly bindings: Readonly<Record<string, Binding>>;
}

export interface RegisteredFunction {
  readonly metadata: FunctionMetadata;
  readonly callback: unknown;
}

/** How the worker and the library hand values to each other: one field is set. */
export interface TypedData {
  readonly json?: string;
  readonly string?: string;
  readonly int?: number;
  readonly double?: number;
  readonly bytes?: Uint8Array;
  readonly http?: HttpData;
}
export interface HttpData {
  readonly statusCode?: string;
  readonly method?: string;
  readonly url?: string;
  readonly headers?: Record<string, string>;
  readonly params?: Record<string, string>;
  readonly query?: Record<string, string>;
  readonly body?: TypedData | undefined;
}

/** What `@azure/functions` gives the worker to run a function with. */
export interface ProgrammingModel {
  getInvocationModel(context: unknown): {
    getArguments(): Promise<{ context: unknown; inputs: unknown[] }>;
    invokeFunction(context: unknown, inputs: unknown[], callback: unknown): Promise<unknown>;
    getResponse(context: unknown, result: unknown): Promise<{ returnValue?: TypedData | null }>;
  };
}

interface CoreState {
  model: ProgrammingModel | undefined;
  functions: Map<string, RegisteredFunction>;
}

// On globalThis, because a test that isolates modules gets a second copy of this file.
const state = ((globalThis as Record<symbol, unknown>)[Symbol.for('hubkeep.test.functions-core')] ??= {
  model: undefined,
  functions: new Map(),
}) as CoreState;

export const version = '4.0.0';
export const hostVersion = '4.1000.0';

export class Disposable {
  constructor(readonly dispose: () => void) {}
}

export function setProgrammingModel(model: ProgrammingModel): void {
  state.model = model;
}

export function getProgrammingModel(): ProgrammingModel {
  if (!state.model) throw new Error('The app has registered nothing: @azure/functions was not loaded.');
  return state.model;
}

export function registerFunction(metadata: FunctionMetadata, callback: unknown): Disposable {
  if (state.functions.has(metadata.name)) throw new Error(`A function named ${metadata.name} is registered twice.`);
  state.functions.set(metadata.name, { metadata, callback });
  return new Disposable(() => state.functions.delete(metadata.name));
}

export function registerHook(): Disposable {
  return new Disposable(() => undefined);
}

export function log(): void {
  // What the library tells the platform about itself is of no interest to a test.
}

/** Runs `load` and gives what it registered. */
export function collect(load: () => void): Map<string, RegisteredFunction> {
  const functions = new Map<string, RegisteredFunction>();
  state.functions = functions;
  load();
  return functions;
}
