import { locationService } from '@grafana/runtime';
import { useCallback, useMemo, useSyncExternalStore, type ReactNode } from 'react';
import { NavigationType, Router, type Navigator } from 'react-router-dom';

const navigationTypes = new Map<string, NavigationType>([
  ['POP', NavigationType.Pop],
  ['PUSH', NavigationType.Push],
  ['REPLACE', NavigationType.Replace],
]);

/**
 * React Router on the history that Grafana's packages write to, so that links, the time picker and variables share
 * one address.
 */
export function HistoryRouter({ children }: { children: ReactNode }) {
  const history = locationService.getHistory();
  const subscribe = useCallback((notify: () => void) => history.listen(notify), [history]);
  const location = useSyncExternalStore(subscribe, () => history.location);
  const navigator = useMemo(
    (): Navigator => ({
      createHref: (to) => (typeof to === 'string' ? to : history.createHref(to)),
      go: (delta) => history.go(delta),
      push: (to, state) =>
        typeof to === 'string' ? history.push(to, state) : history.push({ ...to, state }),
      replace: (to, state) =>
        typeof to === 'string' ? history.replace(to, state) : history.replace({ ...to, state }),
    }),
    [history],
  );
  return (
    <Router
      location={location}
      navigationType={navigationTypes.get(history.action) ?? NavigationType.Pop}
      navigator={navigator}
    >
      {children}
    </Router>
  );
}
