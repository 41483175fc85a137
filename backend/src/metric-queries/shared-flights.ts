import { AppError } from '../platform/errors.js';

export interface SharedFlights {
  /**
   * Joins the work under way for the key, or starts it. The work is aborted only when everybody who waits for it has
   * gone; each one who leaves gets 499 `query_cancelled`.
   */
  share<T>(key: string, signal: AbortSignal, start: (signal: AbortSignal) => Promise<T>): Promise<T>;
}

interface Flight {
  readonly result: Promise<unknown>;
  readonly controller: AbortController;
  passengers: number;
}

/** Equal questions that are asked at the same time are answered by one execution. */
export function createSharedFlights(): SharedFlights {
  const flights = new Map<string, Flight>();

  function takeOff(key: string, start: (signal: AbortSignal) => Promise<unknown>): Flight {
    const controller = new AbortController();
    const result = start(controller.signal).finally(() => {
      if (flights.get(key) === flight) flights.delete(key);
    });
    // Everybody may have left by the time it fails; then nobody is told.
    result.catch(() => undefined);
    const flight: Flight = { result, controller, passengers: 0 };
    flights.set(key, flight);
    return flight;
  }

  return {
    async share<T>(key: string, signal: AbortSignal, start: (signal: AbortSignal) => Promise<T>) {
      if (signal.aborted) throw left();
      const flight = flights.get(key) ?? takeOff(key, start);
      flight.passengers += 1;
      let leave: (() => void) | undefined;
      const gone = new Promise<never>((_resolve, reject) => {
        leave = () => {
          reject(left());
        };
        signal.addEventListener('abort', leave, { once: true });
      });
      try {
        // The key names the question whole, so a flight of the same key has the same type of answer.
        return (await Promise.race([flight.result, gone])) as T;
      } finally {
        if (leave !== undefined) signal.removeEventListener('abort', leave);
        flight.passengers -= 1;
        if (flight.passengers === 0) {
          if (flights.get(key) === flight) flights.delete(key);
          flight.controller.abort();
        }
      }
    },
  };
}

function left(): AppError {
  return new AppError('query_cancelled', 'The client went away before the answer was there.', {
    status: 499,
  });
}
