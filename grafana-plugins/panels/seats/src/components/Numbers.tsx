import { Icon, useStyles2, useTheme2 } from '@grafana/ui';
import type { SeatsNow } from '../model/build-view-model';
import { testIds } from '../testIds';
import { getNumberStyles, partColor } from './styles';

/** The seats of today in numbers, with the colours that they have in the bar. */
export function Numbers({ now: { numbers, utilisation, cost } }: { now: SeatsNow }) {
  const theme = useTheme2();
  const styles = useStyles2(getNumberStyles);
  return (
    <dl className={styles.numbers}>
      {numbers.map(({ label, text, part }) => (
        <div key={label} data-testid={testIds.number}>
          <dt>
            {part && <span className={styles.swatch} style={{ background: partColor(part, theme) }} />}
            {label}
          </dt>
          <dd>{text}</dd>
        </div>
      ))}
      {utilisation !== undefined && (
        <div data-testid={testIds.utilisation} title="Active of assigned">
          <dt>Utilisation</dt>
          <dd>{utilisation}</dd>
        </div>
      )}
      {cost && (
        <div data-testid={testIds.cost} title="What idle and unassigned seats cost">
          <dt>Idle cost</dt>
          <dd className={cost.isKnown ? undefined : styles.unknown}>
            {!cost.isKnown && <Icon name="info-circle" size="sm" aria-hidden />} {cost.text}
          </dd>
        </div>
      )}
    </dl>
  );
}
