import { fromProblem, toProblem } from '../../errors/to-problem';
import type { FromWriter, SpawnWriter, ToWriter, WorkDone, WriterHandle, WriterThreadData } from '../restore-protocol';

export interface WriterPoolOptions {
  readonly spawn: SpawnWriter;
  readonly target: WriterThreadData['target'];
  readonly threads: number;
  /** Called for what has been worked off. */
  readonly onDone: (done: WorkDone) => void;
}

/** One writer thread. */
export interface Lane {
  /** Sends a message with the memory of its bytes. Answers in the order of the messages. */
  send(message: ToWriter): Promise<FromWriter>;
  readonly waiting: number;
}

/** One message being worked off and one that is ready. */
export const messagesPerLane = 2;
/** Enough for a busy moment of a fast disk not to count. */
const filesToJudge = 500;
/** On a network this many wait side by side for what a disk does at once. */
const mostThreads = 8;

/** Threads that decompress, prove and write. The first failure of any of them is the failure of all that is asked later. */
export function createWriterPool({ spawn, target, threads, onDone }: WriterPoolOptions) {
  const lanes: (Lane & { readonly handle: WriterHandle })[] = [];
  let failure: Error | undefined;
  let waiters: (() => void)[] = [];
  let files = 0;
  let slow = 0;

  function wake() {
    const woken = waiters;
    waiters = [];
    for (const resume of woken) resume();
  }

  function fail(error: Error) {
    failure ??= error;
    wake();
  }

  function settle(answer: FromWriter) {
    if (answer.type === 'failed') fail(fromProblem(answer.problem));
    if (answer.type !== 'done') return;
    files += answer.files;
    slow += answer.slow;
    onDone(answer);
    const isSlow = files > filesToJudge && slow > files / 2;
    if (isSlow && lanes.length < mostThreads) lanes.push(openLane());
  }

  function openLane() {
    const handle = spawn({ target, thread: lanes.length });
    const answers: ((answer: FromWriter) => void)[] = [];
    handle.on('message', (answer) => {
      settle(answer);
      answers.shift()?.(answer);
      wake();
    });
    handle.on('error', (error) => {
      fail(error);
      for (const answer of answers.splice(0)) answer({ type: 'failed', problem: toProblem(error) });
    });
    return {
      handle,
      get waiting() {
        return answers.length;
      },
      send(message: ToWriter): Promise<FromWriter> {
        handle.postMessage(message, 'bytes' in message ? [message.bytes.buffer] : []);
        return new Promise<FromWriter>((resolve) => answers.push(resolve));
      },
    };
  }

  async function until(isReady: () => boolean) {
    for (;;) {
      if (failure !== undefined) throw failure;
      if (isReady()) return;
      await new Promise<void>((resolve) => waiters.push(resolve));
    }
  }

  for (let i = 0; i < threads; i++) lanes.push(openLane());

  return {
    /** The lane with the least to do, once it is ready for more. */
    async free(): Promise<Lane> {
      let best: Lane | undefined;
      await until(() => {
        best = lanes.reduce((least, lane) => (lane.waiting < least.waiting ? lane : least));
        return best.waiting < messagesPerLane;
      });
      return best as Lane;
    },
    until,
    /** Resolves when all that was sent has been worked off. */
    idle: () => until(() => lanes.every(({ waiting }) => waiting === 0)),
    async close() {
      fail(new Error('the restore has ended'));
      await Promise.all(lanes.map(({ handle }) => handle.terminate()));
    },
  };
}

export type WriterPool = ReturnType<typeof createWriterPool>;
