import { EventType, type EventFields, type HistoryEvent } from './history';

/** What an orchestrator asks of the extension, as it crosses the process boundary. */
export interface Action {
  readonly actionType: number;
  readonly functionName?: string;
  readonly instanceId?: string;
  readonly input?: unknown;
  readonly fireAt?: string;
  readonly compoundActions?: readonly Action[];
  readonly retryOptions?: RetryOptions;
}
interface RetryOptions {
  readonly firstRetryIntervalInMilliseconds: number;
  readonly maxNumberOfAttempts: number;
  readonly backoffCoefficient?: number;
  readonly maxRetryIntervalInMilliseconds?: number;
}

export const ActionType = {
  CallActivity: 0,
  CallActivityWithRetry: 1,
  CallSubOrchestrator: 2,
  ContinueAsNew: 4,
  CreateTimer: 5,
  WhenAll: 12,
} as const;

export interface TaskEvents {
  /** Puts an event into the history of the turn under way. */
  record(fields: EventFields): void;
  now(): Date;
  startActivity(taskId: number, name: string, input: unknown): void;
  startSubOrchestration(taskId: number, action: Action): void;
  startTimer(taskId: number, fireAt: Date): void;
}

export interface ActionRunner {
  /** Takes the actions of a turn: those seen before are passed over. */
  take(actions: readonly Action[]): void;
  /** Tells the runner of an event that has entered the history. */
  apply(event: HistoryEvent): void;
}

type Settle = (failed: boolean) => void;

/**
 * The extension's side of a replay. It numbers tasks as it schedules them and expects the orchestrator to count the
 * same way, so the order matters: actions are taken one after another, each only when the one before has settled
 * with all its parts, and a failed attempt schedules its timer the moment its failure is seen.
 */
export function createActionRunner(tasks: TaskEvents): ActionRunner {
  const open = new Map<number, Settle>();
  let nextTaskId = 0;
  let taken = 0;
  let isWaiting = false;

  function schedule(settle: Settle): number {
    const taskId = nextTaskId++;
    open.set(taskId, settle);
    return taskId;
  }

  function callActivity(action: Action, settle: Settle): void {
    const name = action.functionName ?? '';
    const taskId = schedule(settle);
    tasks.record({
      EventType: EventType.TaskScheduled,
      EventId: taskId,
      Name: name,
      Input: JSON.stringify(action.input ?? null),
    });
    tasks.startActivity(taskId, name, action.input ?? null);
  }

  function callWithRetry(action: Action, settle: Settle, attempt = 1): void {
    const options = action.retryOptions;
    if (!options) throw new Error('A call with retry came without its options.');
    callActivity(action, (failed) => {
      if (!failed) settle(false);
      else {
        // The last failure is followed by a timer too; the library counts on it.
        createTimer(new Date(tasks.now().getTime() + delayAfter(options, attempt)), () => {
          if (attempt >= options.maxNumberOfAttempts) settle(true);
          else callWithRetry(action, settle, attempt + 1);
        });
      }
    });
  }

  function callSubOrchestrator(action: Action, settle: Settle): void {
    const taskId = schedule(settle);
    tasks.record({
      EventType: EventType.SubOrchestrationInstanceCreated,
      EventId: taskId,
      Name: action.functionName,
      Input: JSON.stringify(action.input ?? null),
    });
    tasks.startSubOrchestration(taskId, action);
  }

  function createTimer(fireAt: Date, settle: Settle): void {
    const taskId = schedule(settle);
    tasks.record({ EventType: EventType.TimerCreated, EventId: taskId, FireAt: fireAt.toISOString() });
    tasks.startTimer(taskId, fireAt);
  }

  function perform(action: Action, settle: Settle): void {
    switch (action.actionType) {
      case ActionType.CallActivity:
        return callActivity(action, settle);
      case ActionType.CallActivityWithRetry:
        return callWithRetry(action, settle);
      case ActionType.CallSubOrchestrator:
        return callSubOrchestrator(action, settle);
      case ActionType.CreateTimer:
        return createTimer(new Date(action.fireAt ?? ''), settle);
      case ActionType.WhenAll: {
        let remaining = action.compoundActions?.length ?? 0;
        for (const part of action.compoundActions ?? []) {
          perform(part, () => {
            remaining -= 1;
            if (remaining === 0) settle(false);
          });
        }
        return undefined;
      }
      case ActionType.ContinueAsNew:
        return undefined;
      default:
        throw new Error(`This harness does not play actions of type ${action.actionType}.`);
    }
  }

  return {
    take(actions) {
      while (!isWaiting && taken < actions.length) {
        isWaiting = true;
        perform(actions[taken++] as Action, () => {
          isWaiting = false;
        });
      }
    },
    apply(event) {
      const taskId = event['TaskScheduledId'] ?? event['TimerId'];
      if (typeof taskId !== 'number') return;
      const settle = open.get(taskId);
      open.delete(taskId);
      settle?.(event.EventType === EventType.TaskFailed || event.EventType === EventType.SubOrchestrationInstanceFailed);
    },
  };
}

function delayAfter(options: RetryOptions, attempt: number): number {
  const delay = options.firstRetryIntervalInMilliseconds * (options.backoffCoefficient ?? 1) ** (attempt - 1);
  return Math.min(delay, options.maxRetryIntervalInMilliseconds ?? Number.POSITIVE_INFINITY);
}
