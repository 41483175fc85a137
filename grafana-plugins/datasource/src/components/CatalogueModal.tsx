import { css } from '@emotion/css';
import type { KpiDescription } from '@coditect/contracts';
import type { GrafanaTheme2 } from '@grafana/data';
import { Badge, EmptyState, FilterInput, Modal, useStyles2 } from '@grafana/ui';
import { useRef, useState, type KeyboardEvent } from 'react';
import { searchCatalogue } from '../model/search-catalogue';
import { testIds } from '../testIds';

interface Props {
  kpis: readonly KpiDescription[];
  chosen: string;
  onChoose: (id: string) => void;
  onDismiss: () => void;
}

/** Every KPI with its definition. Type to narrow, arrow keys to move, Enter to choose. */
export function CatalogueModal({ kpis, chosen, onChoose, onDismiss }: Props) {
  const styles = useStyles2(getStyles);
  const [text, setText] = useState('');
  const list = useRef<HTMLDivElement>(null);
  const families = searchCatalogue(kpis, text);

  const move = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const buttons = [...(list.current?.querySelectorAll('button') ?? [])];
    if (step === undefined || buttons.length === 0) return;
    event.preventDefault();
    const at = buttons.findIndex((button) => button === document.activeElement);
    buttons[Math.min(Math.max(at + step, 0), buttons.length - 1)]?.focus();
  };

  return (
    <Modal title="KPI catalogue" isOpen onDismiss={onDismiss}>
      <div data-testid={testIds.catalogue.root} onKeyDown={move}>
        <FilterInput
          autoFocus
          escapeRegex={false}
          placeholder="Search titles, definitions, dimensions"
          aria-label="Search the catalogue"
          value={text}
          onChange={setText}
        />
        <div ref={list} className={styles.list}>
          {families.map(({ name, kpis: found }) => (
            <section key={name} aria-label={name}>
              <h4 className={styles.family}>{name}</h4>
              {found.map((kpi) => (
                <Entry key={kpi.id} kpi={kpi} isChosen={kpi.id === chosen} onChoose={onChoose} />
              ))}
            </section>
          ))}
          {families.length === 0 && (
            <EmptyState variant="not-found" hideImage message="No KPI has all of these words" />
          )}
        </div>
      </div>
    </Modal>
  );
}

interface EntryProps {
  kpi: KpiDescription;
  isChosen: boolean;
  onChoose: (id: string) => void;
}

const directionWords = { up: 'up is good', down: 'down is good', neutral: 'neither good nor bad' } as const;

function Entry({ kpi, isChosen, onChoose }: EntryProps) {
  const styles = useStyles2(getStyles);
  const { id, title, definition, formula, unit, direction, smallestInterval, dimensions, origin } = kpi;
  const facts = `${unit}, ${directionWords[direction]}, from ${smallestInterval} on`;
  return (
    <button
      type="button"
      data-testid={testIds.catalogue.entry(id)}
      className={isChosen ? styles.chosen : styles.entry}
      aria-current={isChosen}
      onClick={() => onChoose(id)}
    >
      <span className={styles.title}>
        {title} <code>{id}</code>
        {origin === 'tenant' && <Badge text="Your own" color="purple" />}
      </span>
      <span>{definition}</span>
      <span className={styles.facts}>
        {facts}. {formula}.
      </span>
      {dimensions.length > 0 && <span className={styles.facts}>By {dimensions.join(', ')}.</span>}
    </button>
  );
}

function getStyles(theme: GrafanaTheme2) {
  const entry = {
    display: 'flex',
    flexDirection: 'column',
    width: '100%',
    gap: 2,
    padding: theme.spacing(1),
    border: `1px solid ${theme.colors.border.weak}`,
    borderRadius: theme.shape.radius.default,
    marginBottom: theme.spacing(0.5),
    background: 'none',
    color: theme.colors.text.primary,
    textAlign: 'left',
    overflowWrap: 'anywhere',
    '&:hover, &:focus-visible': { background: theme.colors.action.hover },
  } as const;
  return {
    list: css({ marginTop: theme.spacing(1), maxHeight: '60vh', overflowY: 'auto' }),
    family: css({ margin: theme.spacing(1, 0, 0.5), textTransform: 'capitalize' }),
    entry: css(entry),
    chosen: css({ ...entry, borderColor: theme.colors.primary.border }),
    title: css({
      display: 'flex',
      flexWrap: 'wrap',
      gap: theme.spacing(1),
      fontWeight: theme.typography.fontWeightMedium,
    }),
    facts: css({ color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize }),
  };
}
