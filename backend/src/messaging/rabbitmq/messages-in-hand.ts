import type { IncomingMessage } from './incoming-message.js';

/** How much of one partition is in hand at a time. */
export interface StoreWidth {
  /** Messages that the broker sends before the first is acknowledged. */
  readonly prefetch: number;
  readonly messagesMax: number;
  /** Events of the messages in hand, unless a single one has more. */
  readonly eventsMax: number;
}

/** Messages that are being stored, side by side within their bounds. */
export interface MessagesInHand {
  /** May it be taken in hand beside the others? */
  fits(message: IncomingMessage): boolean;
  hold(message: IncomingMessage, work: () => Promise<void>): Promise<void>;
  /** Resolves when what is in hand is done. */
  done(): Promise<unknown>;
}

/**
 * What ends a process costs a delivery of all that it held. A message that came more often than this is stored alone, so
 * that the one at fault takes no neighbours along to the dead letters.
 */
const deliveriesSideBySideMax = 2;
export const isSuspect = ({ attempt }: IncomingMessage): boolean => attempt > deliveriesSideBySideMax;

export function createMessagesInHand({ eventsMax, messagesMax }: StoreWidth): MessagesInHand {
  const inHand = new Map<IncomingMessage, Promise<void>>();
  let eventsInHand = 0;
  /** Whose number is not known may have as many as there may be. */
  const sizeOf = ({ events = eventsMax }: IncomingMessage): number => events;

  return {
    fits(message) {
      if (inHand.size === 0) return true;
      if (inHand.size >= messagesMax || eventsInHand + sizeOf(message) > eventsMax) return false;
      return !isSuspect(message) && ![...inHand.keys()].some(isSuspect);
    },
    async hold(message, work) {
      eventsInHand += sizeOf(message);
      const working = work().finally(() => {
        inHand.delete(message);
        eventsInHand -= sizeOf(message);
      });
      inHand.set(message, working);
      await working;
    },
    done: () => Promise.all(inHand.values()),
  };
}
