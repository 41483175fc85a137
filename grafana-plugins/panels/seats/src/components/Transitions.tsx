import { Icon, useStyles2 } from '@grafana/ui';
import type { DrawnTransition } from '../model/build-view-model';
import { testIds } from '../testIds';
import { getTableStyles } from './styles';

interface Props {
  transitions: readonly DrawnTransition[];
  hasCost: boolean;
  isNarrow: boolean;
}

const icons = { good: 'check-circle', bad: 'exclamation-triangle', neutral: 'minus' } as const;

/** What became of seats since the period before. */
export function Transitions({ transitions, hasCost, isNarrow }: Props) {
  const styles = useStyles2(getTableStyles);
  return (
    // Longer than a small panel: the keyboard has to be able to scroll it.
    <div className={styles.area} role="group" aria-label="Transitions" tabIndex={0}>
      <table data-testid={testIds.transitions} className={styles.table}>
        <thead>
          <tr>
            <th scope="col">Since the period before</th>
            <th scope="col" className={styles.number}>
              Seats
            </th>
            {hasCost && (
              <th scope="col" className={styles.number}>
                A month
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {transitions.map(({ key, title, meaning, news, seats, cost }) => (
            <tr key={key} data-testid={testIds.transition} title={meaning}>
              <th scope="row">
                <span className={styles[news]}>
                  <Icon name={icons[news]} size="sm" aria-hidden />
                </span>{' '}
                {title}
                {!isNarrow && meaning !== '' && <span className={styles.meaning}> {meaning}</span>}
              </th>
              <td className={styles.number}>{seats}</td>
              {hasCost && <td className={styles.number}>{cost}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
