import { type IncomingMessage } from './incoming-message.js';

/** Messages that came, in the order in which they are to be done. */
export interface DeliveryLine {
  arrive(message: IncomingMessage): void;
  /** The next one, taken out of the line. None while the line is held. */
  take(): IncomingMessage | undefined;
  /** The next one, left where it is. */
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
    peek: () => line[0],
    holdFor(id) {
      awaited = id;
      timer = setTimeout(release, holdMostMs);
    },
  };
}
