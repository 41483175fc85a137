import { useStyles2 } from '@grafana/ui';
import type { FunnelBar } from '../model/build-view-model';
import { testIds } from '../testIds';
import type { ValueText } from '../types';
import { getStyles } from './styles';

interface Props {
  bar: FunnelBar;
  show: ValueText;
  isStacked: boolean;
}

/** Users and conversion of a bar; hidden from screen readers, which get the bar's label. */
export function ValueLine({ bar, show, isStacked }: Props) {
  const styles = useStyles2(getStyles);
  if (show === 'none') {
    return null;
  }
  return (
    <span
      data-testid={testIds.value}
      className={isStacked ? styles.valueStack : styles.valueLine}
      aria-hidden="true"
    >
      {show !== 'conversion' && <strong>{bar.users}</strong>}
      {show !== 'users' && <span className={styles.secondary}>{bar.conversion}</span>}
    </span>
  );
}

/** In characters, so that all bars of a chart can end at the same place. */
export function valueLength({ users, conversion }: FunnelBar, show: ValueText): number {
  return (
    (show === 'none' || show === 'conversion' ? 0 : users.length + 1) +
    (show === 'none' || show === 'users' ? 0 : conversion.length)
  );
}
