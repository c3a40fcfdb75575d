// How many requests may be on their way (MS-SMB2 3.2.4.1.2, 3.2.5.1.4).
import { SmbError } from './smb-error';

/** Credits asked for, enough for some 30 MiB on their way or some hundred small files. */
const wanted = 512;
/** No server needs to give more, and one that does must not make us count without end. */
const most = 8192;

/** Before anything was sent: less may be asked for at once. */
export class TooFewCredits extends SmbError {
  constructor(allowed: number) {
    super('busy', `The server allows ${allowed} requests at once, too few for what is asked for`);
  }
}

interface Waiting {
  readonly need: number;
  readonly start: () => void;
  readonly refuse: (error: SmbError) => void;
}

export interface Credits {
  /** How many there are, those out with requests included: no request may need more. */
  total(): number;
  /** Calls `start` once `need` credits are there and nobody has waited longer, at once if possible. */
  take(waiting: Waiting): void;
  /** How many to ask for with a request that takes `charge`. */
  ask(charge: number): number;
  /** An answer came, and brought new ones in place of those its request took. */
  give(charge: number, granted: number): void;
  /** Starts whoever can be. */
  settle(): void;
  fail(error: SmbError): void;
}

/** @param isIdle whether nothing is on its way that could bring more. */
export function createCredits(isIdle: () => boolean): Credits {
  let free = 1;
  let out = 0;
  const queue: Waiting[] = [];

  const settle = () => {
    for (let [next] = queue; next !== undefined; [next] = queue) {
      const isTooMuch = next.need > free;
      if (isTooMuch && !isIdle()) return;
      queue.splice(0, 1);
      if (isTooMuch) {
        next.refuse(new TooFewCredits(free));
      } else {
        free -= next.need;
        out += next.need;
        next.start();
      }
    }
  };

  return {
    total: () => free + out,
    take(waiting) {
      queue.push(waiting);
      settle();
    },
    ask: (charge) => charge + Math.max(0, wanted - free - out),
    give(charge, granted) {
      out -= charge;
      free = Math.min(most, free + granted);
    },
    settle,
    fail(error) {
      for (const waiting of queue.splice(0)) waiting.refuse(error);
    },
  };
}
