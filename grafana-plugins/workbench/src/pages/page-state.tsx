import { Alert, LoadingPlaceholder } from '@grafana/ui';
import type { ReactNode } from 'react';
import type { Loaded } from './use-loaded';

interface Props<T> {
  loaded: Loaded<T>;
  children: (value: T) => ReactNode;
}

/** Waiting, failure, or the page. */
export function PageState<T>({ loaded, children }: Props<T>) {
  switch (loaded.state) {
    case 'loading':
      return <LoadingPlaceholder text="Loading" />;
    case 'failed':
      return <Alert title="This page cannot be shown">{loaded.message}</Alert>;
    case 'done':
      return <>{children(loaded.value)}</>;
  }
}
