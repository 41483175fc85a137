import { useStyles2, useTheme2 } from '@grafana/ui';
import { markProps, type MarkPlace } from '@coditect/plugins-shared/panel/components';
import type { DrawnPart } from '../model/build-view-model';
import { testIds } from '../testIds';
import { getBarStyles, partColor } from './styles';

interface Props {
  parts: readonly DrawnPart[];
  row: number;
  stop: MarkPlace;
}

/** All seats as one bar, to scale, and under it the parts that have no number of their own above. */
export function SeatBar({ parts, row, stop }: Props) {
  const theme = useTheme2();
  const styles = useStyles2(getBarStyles);
  const unnamed = parts.filter(({ kind }) => kind !== 'active' && kind !== 'idle');
  return (
    <div>
      <div data-testid={testIds.bar} className={styles.bar}>
        {parts.map((part, column) => (
          <div
            key={part.kind}
            {...markProps(row, column, stop)}
            data-testid={testIds.part}
            data-kind={part.kind}
            className={part.kind === 'excess' ? styles.excess : styles.part}
            style={{
              width: `${(part.share * 100).toFixed(2)}%`,
              ...(part.kind !== 'excess' && { background: partColor(part.kind, theme) }),
            }}
            role={part.hasLinks ? 'button' : 'img'}
            aria-label={part.spoken}
          />
        ))}
      </div>
      <div className={styles.legend} aria-hidden="true">
        {unnamed.map(({ kind, title, count }) => (
          <span key={kind} className={styles.legendItem}>
            <span
              className={kind === 'excess' ? styles.excessSwatch : styles.swatch}
              style={kind === 'excess' ? undefined : { background: partColor(kind, theme) }}
            />
            {title} {count.toLocaleString('en-US')}
          </span>
        ))}
      </div>
    </div>
  );
}
