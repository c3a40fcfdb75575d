/** The numbers the Durable extension gives to event types; the ones this harness writes. */
export const EventType = {
  ExecutionStarted: 0,
  TaskScheduled: 4,
  TaskCompleted: 5,
  TaskFailed: 6,
  SubOrchestrationInstanceCreated: 7,
  SubOrchestrationInstanceCompleted: 8,
  SubOrchestrationInstanceFailed: 9,
  TimerCreated: 10,
  TimerFired: 11,
  OrchestratorStarted: 12,
  OrchestratorCompleted: 13,
} as const;

export interface HistoryEvent {
  readonly EventType: number;
  /** The number of the task an event schedules, -1 for any other event. */
  readonly EventId: number;
  IsPlayed: boolean;
  /** When the event entered the history. UTC, ISO 8601. */
  Timestamp: string;
  readonly [field: string]: unknown;
}

export type EventFields = { readonly EventType: number; readonly EventId?: number; readonly [field: string]: unknown };

/** What one orchestration was told so far, in order. */
export interface History {
  readonly events: HistoryEvent[];
  add(fields: EventFields): void;
  /** Everything so far belongs to an earlier turn. */
  markPlayed(): void;
}

export function createHistory(now: () => Date): History {
  const events: HistoryEvent[] = [];
  return {
    events,
    add(fields) {
      events.push({ EventId: -1, IsPlayed: false, Timestamp: now().toISOString(), ...fields });
    },
    markPlayed() {
      for (const event of events) event.IsPlayed = true;
    },
  };
}
