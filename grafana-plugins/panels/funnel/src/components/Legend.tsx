import { useStyles2 } from '@grafana/ui';
import { useState } from 'react';
import { testIds } from '../testIds';
import { getLegendStyles } from './styles';

interface Props {
  groups: readonly { name: string; color: string }[];
  chosen: string | undefined;
  onChoose: (name: string | undefined) => void;
}

/** The names of the groups. Pointing at one shows where it is; a click keeps it so until the next. */
export function Legend({ groups, chosen, onChoose }: Props) {
  const styles = useStyles2(getLegendStyles);
  const [kept, setKept] = useState<string>();
  return (
    <div data-testid={testIds.legend} className={styles.legend} role="group" aria-label="Groups">
      {groups.map(({ name, color }) => (
        <button
          key={name}
          type="button"
          data-testid={testIds.legendItem}
          className={chosen !== undefined && chosen !== name ? styles.dimItem : styles.item}
          aria-pressed={kept === name}
          title={name}
          onPointerEnter={() => onChoose(name)}
          onPointerLeave={() => onChoose(kept)}
          onFocus={() => onChoose(name)}
          onBlur={() => onChoose(kept)}
          onClick={() => {
            const next = kept === name ? undefined : name;
            setKept(next);
            onChoose(next);
          }}
        >
          <span className={styles.swatch} style={{ background: color }} />
          <span className={styles.name}>{name}</span>
        </button>
      ))}
    </div>
  );
}
