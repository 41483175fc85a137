import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Alert, Button, useStyles2 } from '@grafana/ui';
import { testIds } from '../testIds';

interface Props {
  ids: readonly string[];
  mayWrite: boolean;
  onDelete: (id: string) => void;
}

/** Schedules that do not run because the service can't read them: nobody should wait for their reports. */
export function UnreadableSchedules({ ids, mayWrite, onDelete }: Props) {
  const styles = useStyles2(getStyles);
  if (ids.length === 0) return null;
  const title = ids.length === 1 ? 'One schedule can’t be read' : `${ids.length} schedules can’t be read`;
  return (
    <Alert severity="warning" title={title} data-testid={testIds.schedules.unreadable}>
      <p>
        Saved by another version, it seems. They do not run. They run again when that version is back or when
        they are replaced through the API.
      </p>
      <ul className={styles.list}>
        {ids.map((id) => (
          <li key={id} className={styles.line}>
            <code>{id}</code>
            {mayWrite && (
              <Button size="sm" variant="destructive" fill="text" onClick={() => onDelete(id)}>
                Delete
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Alert>
  );
}

function getStyles(theme: GrafanaTheme2) {
  return {
    list: css({ listStyle: 'none', margin: 0 }),
    line: css({ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: theme.spacing(1) }),
  };
}
