import { useStyles2 } from '@grafana/ui';
import type { RetentionViewModel } from '../model/build-view-model';
import { testIds } from '../testIds';
import { getLegendStyles } from './styles';

/** What the colours mean, and the hatching. */
export function HeatmapLegend({ model: { scale, hasOpen } }: { model: RetentionViewModel }) {
  const styles = useStyles2(getLegendStyles);
  return (
    <div data-testid={testIds.legend} className={styles.legend}>
      <span className={styles.item}>
        {scale.from}
        <span
          className={styles.scale}
          style={{ background: `linear-gradient(to right, ${scale.colors.join(', ')})` }}
        />
        {scale.to}
      </span>
      {hasOpen && (
        <span className={styles.item}>
          <span className={styles.hatched} /> has not ended
        </span>
      )}
    </div>
  );
}

export function CurveLegend({ model: { rows, mean } }: { model: RetentionViewModel }) {
  const styles = useStyles2(getLegendStyles);
  return (
    <div data-testid={testIds.legend} className={styles.legend}>
      <span className={styles.item}>
        <span className={styles.line} /> {rows[0]?.label} to {rows.at(-1)?.label}
      </span>
      {mean && (
        <span className={styles.item}>
          <span className={styles.dashes} /> {mean.label}
        </span>
      )}
    </div>
  );
}
