import { randomUUID } from 'node:crypto';
import { getProgrammingModel, type RegisteredFunction, type TypedData } from './functions-core';

export interface LogLine {
  readonly functionName: string;
  readonly level: string;
  readonly message: string;
}

export interface Invocation {
  readonly target: RegisteredFunction;
  /** For the trigger binding. */
  readonly trigger: TypedData;
  /** For input bindings, by type. */
  readonly inputs?: Readonly<Record<string, TypedData>>;
  readonly onLog: (line: LogLine) => void;
}

/** Runs a registered function through the library's own invocation model, as the worker does. */
export async function invoke(invocation: Invocation): Promise<TypedData | undefined> {
  const { metadata, callback } = invocation.target;
  const model = getProgrammingModel().getInvocationModel({
    invocationId: randomUUID(),
    metadata,
    request: { inputData: inputDataOf(invocation), triggerMetadata: {} },
    log: (level: string, _category: string, message: string) => {
      invocation.onLog({ functionName: metadata.name, level, message });
    },
    state: undefined,
  });
  const { context, inputs } = await model.getArguments();
  const result = await model.invokeFunction(context, inputs, callback);
  return (await model.getResponse(context, result)).returnValue ?? undefined;
}

/** The trigger's type without its suffix: `http`, `timer`, `activity`, `orchestration`. */
export function triggerOf(target: RegisteredFunction): { kind: string; options: Readonly<Record<string, unknown>> } {
  const binding = Object.values(target.metadata.bindings).find(({ type }) => type.endsWith('Trigger'));
  if (!binding) throw new Error(`${target.metadata.name} has no trigger.`);
  return { kind: binding.type.slice(0, -'Trigger'.length), options: binding };
}

/** The JSON value of what a function returned; null for nothing. */
export function valueOf(data: TypedData | undefined): unknown {
  if (data?.json !== undefined) return JSON.parse(data.json);
  return data?.string ?? data?.int ?? data?.double ?? null;
}

function inputDataOf({ target, trigger, inputs }: Invocation): { name: string; data: TypedData }[] {
  return Object.entries(target.metadata.bindings)
    .filter(([, binding]) => binding.direction === 'in')
    .map(([name, binding]) => ({ name, data: binding.type.endsWith('Trigger') ? trigger : (inputs?.[binding.type] ?? {}) }));
}
