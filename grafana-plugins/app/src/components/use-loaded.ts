import { useCallback, useEffect, useState } from 'react';
import { reasonOf } from './load-source';

export type Loaded<T> =
  { state: 'loading' } | { state: 'done'; value: T } | { state: 'failed'; reason: string };

/** Runs a loader, again whenever it is another one or `reload` is called. Answers of earlier ones are forgotten. */
export function useLoaded<T>(load: () => Promise<T>): { loaded: Loaded<T>; reload: () => void } {
  const [round, setRound] = useState(0);
  const [answer, setAnswer] = useState<{ load: () => Promise<T>; result: Loaded<T> }>();
  useEffect(() => {
    let isCurrent = true;
    const keep = (result: Loaded<T>) => {
      if (isCurrent) setAnswer({ load, result });
    };
    load().then(
      (value) => keep({ state: 'done', value }),
      (error: unknown) => keep({ state: 'failed', reason: reasonOf(error) }),
    );
    return () => {
      isCurrent = false;
    };
  }, [load, round]);
  const reload = useCallback(() => setRound((current) => current + 1), []);
  return { loaded: answer?.load === load ? answer.result : { state: 'loading' }, reload };
}
