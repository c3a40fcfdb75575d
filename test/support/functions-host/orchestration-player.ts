import { ActionType, createActionRunner, type Action, type ActionRunner } from './actions';
import { createHistory, EventType, type EventFields, type History, type HistoryEvent } from './history';
import type { HostTime } from './host-time';

export interface PlayerOptions {
  readonly instanceId: string;
  readonly parentInstanceId: string | null;
  readonly name: string;
  readonly input: unknown;
  readonly time: HostTime;
  /** Runs one turn of the registered orchestrator over the history so far. */
  runTurn(trigger: unknown): Promise<unknown>;
  runActivity(name: string, input: unknown): Promise<unknown>;
  runSubOrchestration(action: Action): Promise<unknown>;
  onCustomStatus(status: unknown): void;
  /** The whole history of a round that has come to its end. */
  onRoundEnd(history: readonly HistoryEvent[]): void;
}

export interface OrchestrationPlayer {
  /** Resolves with the output; rejects with what the orchestrator threw. Never settles after `stop`. */
  play(): Promise<unknown>;
  stop(): void;
  /** Of the round under way. */
  history(): readonly HistoryEvent[];
}

interface TurnState {
  readonly isDone: boolean;
  readonly actions: readonly (readonly Action[])[];
  readonly output?: unknown;
  readonly customStatus?: unknown;
}

/** Plays one orchestration turn by turn, as the Durable extension does. */
export function createOrchestrationPlayer(options: PlayerOptions): OrchestrationPlayer {
  const { time } = options;
  let isStopped = false;
  let round = startRound(options.input);

  interface Round {
    readonly input: unknown;
    readonly history: History;
    readonly inbox: EventFields[];
    readonly runner: ActionRunner;
    wake: () => void;
  }

  function startRound(input: unknown): Round {
    const history = createHistory(() => time.now());
    const inbox: EventFields[] = [{ EventType: EventType.ExecutionStarted, Name: options.name, Input: JSON.stringify(input) }];
    const created: Round = { input, history, inbox, runner: runnerOf(history, post), wake: () => undefined };
    function post(event: EventFields): void {
      // What comes for an earlier round is dropped, as the extension drops it.
      if (created !== round || isStopped) return;
      inbox.push(event);
      created.wake();
    }
    return created;
  }

  function runnerOf(history: History, post: (event: EventFields) => void): ActionRunner {
    const report = (taskId: number, work: Promise<unknown>, types: { done: number; failed: number; what: string }) => {
      void work.then(
        (result) => post({ EventType: types.done, TaskScheduledId: taskId, Result: JSON.stringify(result ?? null) }),
        (error: unknown) => post({ EventType: types.failed, TaskScheduledId: taskId, ...reasonOf(types.what, error) }),
      );
    };
    return createActionRunner({
      record: (event) => history.add(event),
      now: () => time.now(),
      startActivity(taskId, name, input) {
        const what = `Activity function '${name}' failed: `;
        report(taskId, time.track(options.runActivity(name, input)), {
          done: EventType.TaskCompleted,
          failed: EventType.TaskFailed,
          what,
        });
      },
      startSubOrchestration(taskId, action) {
        const { SubOrchestrationInstanceCompleted: done, SubOrchestrationInstanceFailed: failed } = EventType;
        report(taskId, options.runSubOrchestration(action), { done, failed, what: '' });
      },
      startTimer(taskId, fireAt) {
        time.at(fireAt, () => post({ EventType: EventType.TimerFired, TimerId: taskId, FireAt: fireAt.toISOString() }));
      },
    });
  }

  /** Takes everything that has arrived into one turn. Gives what the orchestrator answered. */
  async function playTurn({ history, inbox, runner, input }: Round): Promise<TurnState> {
    history.add({ EventType: EventType.OrchestratorStarted });
    const news = inbox.splice(0);
    for (const event of news) history.add(event);
    const told = JSON.parse(JSON.stringify(history.events)) as HistoryEvent[];
    for (const event of history.events.slice(-news.length)) runner.apply(event);
    const state = (await options.runTurn(triggerOf(told, input))) as TurnState;
    if (state.customStatus !== undefined) options.onCustomStatus(state.customStatus);
    if (!state.isDone) runner.take(state.actions[0] ?? []);
    history.add({ EventType: EventType.OrchestratorCompleted });
    history.markPlayed();
    return state;
  }

  function triggerOf(history: readonly HistoryEvent[], input: unknown) {
    return {
      history,
      input,
      instanceId: options.instanceId,
      isReplaying: false,
      parentInstanceId: options.parentInstanceId,
      upperSchemaVersion: 3,
      upperSchemaVersionNew: 3,
      maximumShortTimerDuration: '6.00:00:00',
      longRunningTimerIntervalDuration: '3.00:00:00',
      defaultHttpAsyncRequestSleepTimeMillseconds: 30_000,
    };
  }

  async function play(): Promise<unknown> {
    for (;;) {
      if (round.inbox.length === 0) await new Promise<void>((resolve) => (round.wake = resolve));
      const state = await time.track(playTurn(round));
      if (!state.isDone) continue;
      options.onRoundEnd(round.history.events);
      const next = state.actions.flat().find(({ actionType }) => actionType === ActionType.ContinueAsNew);
      if (!next) return state.output ?? null;
      round = startRound(next.input);
    }
  }

  return {
    play,
    stop() {
      isStopped = true;
    },
    history: () => round.history.events,
  };
}

/** The words that the extension and the worker put around an error. */
function reasonOf(what: string, error: unknown): { Reason: string; Details: string } {
  const { message, stack = '' } = error instanceof Error ? error : new Error(String(error));
  const reason = what === '' ? message : `${what}Result: Failure\nException: ${message}\nStack: ${stack}`;
  return { Reason: reason, Details: JSON.stringify({ $type: 'System.Exception', Message: message }) };
}
