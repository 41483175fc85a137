import { AppEvents, EventBusSrv, type AppEvent, type GrafanaTheme2 } from '@grafana/data';
import { getAppEvents } from '@grafana/runtime';
import { Alert, useStyles2, type AlertVariant } from '@grafana/ui';
import { css } from '@emotion/css';
import { useEffect, useState } from 'react';

interface Toast {
  id: number;
  severity: AlertVariant;
  title: string;
  text: string;
}

/** Milliseconds that a message stays. */
const stayMs = 6_000;

const getStyles = (theme: GrafanaTheme2) => ({
  list: css({
    position: 'fixed',
    top: theme.spacing(7),
    right: theme.spacing(2),
    width: 360,
    zIndex: theme.zIndex.portal,
  }),
});

function readPayload(payload: unknown): { title: string; text: string } {
  const parts: unknown[] = Array.isArray(payload) ? payload : [payload];
  const [title = '', text = ''] = parts.map((part) => (typeof part === 'string' ? part : ''));
  return { title, text };
}

const kinds: Array<{ event: AppEvent<unknown[]>; severity: AlertVariant }> = [
  { event: AppEvents.alertSuccess, severity: 'success' },
  { event: AppEvents.alertWarning, severity: 'warning' },
  { event: AppEvents.alertError, severity: 'error' },
  { event: AppEvents.alertInfo, severity: 'info' },
];

/** Shows the messages that plugins publish on the app's event bus. */
export function Toasts() {
  const styles = useStyles2(getStyles);
  const [toasts, setToasts] = useState<Toast[]>([]);
  useEffect(() => {
    const bus = getAppEvents();
    if (!(bus instanceof EventBusSrv)) {
      return undefined;
    }
    let counter = 0;
    const timers = new Set<ReturnType<typeof setTimeout>>();
    const handlers = kinds.map(({ event, severity }) => {
      const show = (payload: unknown): void => {
        const id = (counter += 1);
        setToasts((current) => [...current, { id, severity, ...readPayload(payload) }]);
        timers.add(
          setTimeout(() => setToasts((current) => current.filter((toast) => toast.id !== id)), stayMs),
        );
      };
      bus.on(event, show);
      return { event, show };
    });
    return () => {
      handlers.forEach(({ event, show }) => bus.off(event, show));
      timers.forEach(clearTimeout);
    };
  }, []);
  return (
    <div className={styles.list}>
      {toasts.map((toast) => (
        <Alert key={toast.id} severity={toast.severity} title={toast.title} elevated>
          {toast.text}
        </Alert>
      ))}
    </div>
  );
}
