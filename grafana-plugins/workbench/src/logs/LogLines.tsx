import {
  dateTimeFormat,
  FieldType,
  LogLevel,
  type Field,
  type GrafanaTheme2,
  type LogRowModel,
  type TimeZone,
} from '@grafana/data';
import { Button, DataLinkButton, Icon, useStyles2, useTheme2 } from '@grafana/ui';
import { css, cx } from '@emotion/css';
import { useState } from 'react';

const getStyles = (theme: GrafanaTheme2) => ({
  row: css({
    display: 'flex',
    width: '100%',
    gap: theme.spacing(1),
    padding: theme.spacing(0.25, 1),
    border: 0,
    textAlign: 'left',
    background: 'none',
    color: theme.colors.text.primary,
    fontFamily: theme.typography.fontFamilyMonospace,
    fontSize: theme.typography.bodySmall.fontSize,
    '&:hover': { background: theme.colors.action.hover },
    '&:focus-visible': { outline: `2px solid ${theme.colors.primary.border}`, outlineOffset: -2 },
  }),
  level: css({ width: 62, flexShrink: 0, borderLeft: '3px solid', paddingLeft: theme.spacing(0.75) }),
  time: css({ color: theme.colors.text.secondary, whiteSpace: 'nowrap' }),
  line: css({ minWidth: 0, overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }),
  wrapped: css({ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }),
  details: css({
    margin: theme.spacing(0.5, 1, 1, 3),
    padding: theme.spacing(1),
    background: theme.colors.background.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
    '& dl': {
      display: 'grid',
      gridTemplateColumns: 'max-content 1fr',
      gap: theme.spacing(0.25, 2),
      margin: 0,
    },
    '& dt': { fontWeight: 400, color: theme.colors.text.secondary },
    '& dd': { margin: 0, overflowWrap: 'anywhere' },
    '& > :not(dl)': { marginTop: theme.spacing(1), marginRight: theme.spacing(1) },
  }),
});

function colorOf(level: LogLevel, theme: GrafanaTheme2): string {
  const { getColorByName } = theme.visualization;
  const names: Partial<Record<LogLevel, string>> = {
    [LogLevel.critical]: 'purple',
    [LogLevel.error]: 'red',
    [LogLevel.warning]: 'orange',
    [LogLevel.info]: 'green',
    [LogLevel.debug]: 'blue',
    [LogLevel.trace]: 'light-blue',
  };
  return getColorByName(names[level] ?? 'gray');
}

/** What a row says beside its line: its labels and the other columns of its frame, with their links. */
function Details({ row, onContext }: { row: LogRowModel; onContext: (() => void) | undefined }) {
  const styles = useStyles2(getStyles);
  const { dataFrame, rowIndex, labels, entryFieldIndex } = row;
  const fields = dataFrame.fields.filter(
    (field, index) => index !== entryFieldIndex && field.type !== FieldType.time && field.name !== 'labels',
  );
  const links = dataFrame.fields.flatMap((field) => field.getLinks?.({ valueRowIndex: rowIndex }) ?? []);
  return (
    <div className={styles.details} data-testid="log-details">
      <dl>
        {Object.entries(labels).map(([name, value]) => (
          <FieldRow key={`label-${name}`} name={name} value={value} />
        ))}
        {fields.map((field) => (
          <FieldRow key={field.name} name={field.name} value={valueAt(field, rowIndex)} />
        ))}
      </dl>
      {links.map((link) => (
        <DataLinkButton key={`${link.title}-${link.href}`} link={link} />
      ))}
      {onContext !== undefined && (
        <Button size="sm" variant="secondary" icon="gf-show-context" onClick={onContext}>
          Show context
        </Button>
      )}
    </div>
  );
}

const valueAt = (field: Field, rowIndex: number): unknown => field.values[rowIndex];

function FieldRow({ name, value }: { name: string; value: unknown }) {
  const isEmpty = value === null || value === undefined || value === '';
  if (isEmpty) {
    return null;
  }
  return (
    <>
      <dt>{name}</dt>
      <dd>{typeof value === 'string' ? value : JSON.stringify(value)}</dd>
    </>
  );
}

interface LogLineProps {
  row: LogRowModel;
  timeZone: TimeZone;
  isWrapped: boolean;
  onContext?: ((row: LogRowModel) => void) | undefined;
}

function LogLine({ row, timeZone, isWrapped, onContext }: LogLineProps) {
  const styles = useStyles2(getStyles);
  const theme = useTheme2();
  const [isOpen, setOpen] = useState(false);
  return (
    <div data-testid="log-row">
      <button type="button" className={styles.row} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <Icon name={isOpen ? 'angle-down' : 'angle-right'} />
        <span className={styles.level} style={{ borderColor: colorOf(row.logLevel, theme) }}>
          {row.logLevel}
        </span>
        <span className={styles.time}>
          {dateTimeFormat(row.timeEpochMs, { timeZone, defaultWithMS: true })}
        </span>
        <span className={cx(styles.line, isWrapped && styles.wrapped)}>{row.entry}</span>
      </button>
      {isOpen && <Details row={row} onContext={onContext && (() => onContext(row))} />}
    </div>
  );
}

/** Log lines with level and time; a click shows what else a line says. */
export function LogLines({ rows, ...line }: { rows: readonly LogRowModel[] } & Omit<LogLineProps, 'row'>) {
  return (
    <div data-testid="log-rows">
      {rows.map((row, index) => (
        <LogLine key={`${row.uid}-${index}`} row={row} {...line} />
      ))}
    </div>
  );
}
