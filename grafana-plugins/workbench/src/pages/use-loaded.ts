import { toDataQueryError } from '@grafana/runtime';
import { useEffect, useState } from 'react';

export type Loaded<T> =
  { state: 'loading' } | { state: 'done'; value: T } | { state: 'failed'; message: string };

/** Runs a loader when its key changes and forgets answers of earlier keys. `load` must depend on `key` alone. */
export function useLoaded<T>(key: string, load: () => Promise<T>): Loaded<T> {
  const [loaded, setLoaded] = useState<{ key: string; result: Loaded<T> }>({
    key,
    result: { state: 'loading' },
  });
  useEffect(() => {
    let isCurrent = true;
    const keep = (result: Loaded<T>): void => {
      if (isCurrent) {
        setLoaded({ key, result });
      }
    };
    load().then(
      (value) => keep({ state: 'done', value }),
      (error: unknown) =>
        keep({ state: 'failed', message: toDataQueryError(error).message ?? 'Unknown error' }),
    );
    return () => {
      isCurrent = false;
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- a loader is made anew on each render; its key says when it changed.
  }, [key]);
  return loaded.key === key ? loaded.result : { state: 'loading' };
}
