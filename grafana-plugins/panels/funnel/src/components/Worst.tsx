import { Icon, useStyles2 } from '@grafana/ui';
import { testIds } from '../testIds';
import { getStyles } from './styles';

/** Said by an icon and by words, not by a colour alone. */
export function Worst() {
  const styles = useStyles2(getStyles);
  return (
    <span data-testid={testIds.worst} className={styles.worst} title="Largest drop">
      <Icon name="exclamation-triangle" size="sm" aria-hidden /> Largest drop
    </span>
  );
}
