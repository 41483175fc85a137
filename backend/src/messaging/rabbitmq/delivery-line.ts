import { createHash } from 'node:crypto';
import { pause } from './back-off.js';
import { type IncomingMessage } from './incoming-message.js';

/** Messages that came, in the order in which they are to be done. */
export interface DeliveryLine {
  arrive(message: IncomingMessage): void;
  /** The next one, taken out of the line. None while the line is held. */
  take(): IncomingMessage | undefined;
  /** The next one, left where it is. None while the line is held. */
  peek(): IncomingMessage | undefined;
  /** A message goes back to the queue and comes first again: those behind it wait, but not longer than `holdMostMs`. */
  holdFor(id: string): void;
}

export interface DeliveryLineOptions {
  readonly holdMostMs: number;
  /** Called when a message can be taken. */
  readonly onReady: () => void;
  /** Nothing is called after that. */
  readonly over: AbortSignal;
}

export function createDeliveryLine({ holdMostMs, onReady, over }: DeliveryLineOptions): DeliveryLine {
  const line: IncomingMessage[] = [];
  let awaited: string | undefined;
  let timer: NodeJS.Timeout | undefined;

  function release(): void {
    clearTimeout(timer);
    awaited = undefined;
    if (line.length > 0 && !over.aborted) onReady();
  }
  over.addEventListener('abort', () => {
    clearTimeout(timer);
  });

  return {
    arrive(message) {
      if (message.id === awaited) {
        line.unshift(message);
        release();
      } else {
        line.push(message);
        if (awaited === undefined) onReady();
      }
    },
    take: () => (awaited === undefined ? line.shift() : undefined),
    peek: () => (awaited === undefined ? line[0] : undefined),
    holdFor(id) {
      awaited = id;
      timer = setTimeout(release, holdMostMs);
    },
  };
}

export interface LooseLineOptions {
  /** Is it one that should be stored alone? */
  readonly isSuspect: (message: IncomingMessage) => boolean;
  /** How long a suspect waits for others that come with it. */
  readonly gatherMs: number;
  readonly onReady: () => void;
  readonly over: AbortSignal;
}

/**
 * A line where order means nothing and nobody is held. Suspects come first, shuffled anew at each delivery: others
 * of them are stored before the one that ends the process, so that it is alone in the end.
 */
export function createLooseLine(options: LooseLineOptions): DeliveryLine {
  const { gatherMs, isSuspect, onReady, over } = options;
  const line: IncomingMessage[] = [];
  const suspects: IncomingMessage[] = [];

  return {
    arrive(message) {
      if (!isSuspect(message)) {
        line.push(message);
        onReady();
        return;
      }
      suspects.push(message);
      suspects.sort((one, other) => (placeOf(one) < placeOf(other) ? -1 : 1));
      void pause(gatherMs, over).then(onReady);
    },
    take: () => suspects.shift() ?? line.shift(),
    peek: () => suspects[0] ?? line[0],
    holdFor: () => undefined,
  };
}

/** By chance, the same again for the same delivery. */
function placeOf({ attempt, id }: IncomingMessage): string {
  return createHash('sha256').update(`${attempt} ${id}`).digest('hex');
}
