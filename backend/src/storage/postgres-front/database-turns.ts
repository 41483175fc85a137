/** One client at a time has the engine, from its first message until no transaction of its own is open. */
export interface DatabaseTurns {
  /** Resolves with the function that ends the turn. Rejects when the wait is too long. */
  take(): Promise<() => void>;
}

export class TurnTimeoutError extends Error {}

export function createDatabaseTurns(options: { waitMsMax: number }): DatabaseTurns {
  const waiting: (() => void)[] = [];
  let isTaken = false;

  function createEnd(): () => void {
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      const next = waiting.shift();
      if (next === undefined) isTaken = false;
      else next();
    };
  }

  return {
    async take() {
      if (isTaken) await waitInLine();
      isTaken = true;
      return createEnd();
    },
  };

  function waitInLine(): Promise<void> {
    return new Promise((resolve, reject) => {
      const start = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        waiting.splice(waiting.indexOf(start), 1);
        reject(new TurnTimeoutError(`no turn within ${options.waitMsMax} ms`));
      }, options.waitMsMax);
      waiting.push(start);
    });
  }
}
