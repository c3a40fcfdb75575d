import type { HttpAnswer } from '../https-server';
import type { Operation } from './route';
import { refusal } from './vault-refusal';

export interface Fault {
  /** Any operation when not given. */
  readonly operation?: Operation;
  /** How many requests it hits. */
  readonly times: number;
  /** What the request gets; the operation itself is run only when asked for. */
  readonly answer: (run: () => HttpAnswer) => HttpAnswer;
}

/** A script of faults: each request that passed authentication uses up the first fault that fits it. */
export interface VaultFaults {
  add(fault: Fault): void;
  /** 429, with a Retry-After header when seconds are given. */
  throttle(times: number, retryAfterSeconds?: number): void;
  /** 403, as for a caller without the permission. */
  forbid(operation: Operation, times?: number): void;
  /** A secret is read with one character changed. */
  alterReads(times: number): void;
  clear(): void;
  apply(operation: Operation, run: () => HttpAnswer): HttpAnswer;
}

export function createVaultFaults(): VaultFaults {
  let script: (Fault & { left: number })[] = [];

  const faults: VaultFaults = {
    add(fault) {
      script.push({ ...fault, left: fault.times });
    },
    throttle(times, retryAfterSeconds) {
      const headers: Record<string, string> = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
      faults.add({ times, answer: () => throttled(headers) });
    },
    forbid(operation, times = Number.POSITIVE_INFINITY) {
      faults.add({ operation, times, answer: () => forbidden(operation) });
    },
    alterReads(times) {
      faults.add({ operation: 'get', times, answer: (run) => altered(run()) });
    },
    clear() {
      script = [];
    },
    apply(operation, run) {
      const fault = script.find((candidate) => candidate.left > 0 && (candidate.operation ?? operation) === operation);
      if (fault === undefined) return run();
      fault.left -= 1;
      return fault.answer(run);
    },
  };
  return faults;
}

function throttled(headers: Record<string, string>): HttpAnswer {
  const message = 'Request was not processed because too many requests were received.';
  return refusal(429, { code: 'Throttled', message }, headers).answer;
}

function forbidden(operation: Operation): HttpAnswer {
  const message = `Caller is not authorized to perform action on resource.\r\nIf role assignments, deny assignments or role definitions were changed recently, please observe propagation time.\r\nAction: '${operation}'`;
  return refusal(403, { code: 'Forbidden', message, innerCode: 'ForbiddenByRbac' }).answer;
}

/** Changes the last character, whatever it is. */
function altered(answer: HttpAnswer): HttpAnswer {
  const body = answer.body as { value: string };
  return { ...answer, body: { ...body, value: body.value.slice(0, -1) + (body.value.endsWith('}') ? ']' : '}') } };
}
