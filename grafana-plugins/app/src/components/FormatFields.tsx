import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Checkbox, Field, RadioButtonGroup, useStyles2 } from '@grafana/ui';
import type { ExportChoice } from '../model/report-request';

interface Props {
  choice: ExportChoice;
  onChange: (choice: ExportChoice) => void;
}

/** What only a PDF or only a CSV has. */
export function FormatFields({ choice, onChange }: Props) {
  const styles = useStyles2(getStyles);
  if (choice.format === 'pdf') {
    return (
      <Field label="Page" noMargin>
        <RadioButtonGroup
          id="coditect-export-page"
          aria-label="Page"
          options={[
            { value: 'A4' as const, label: 'A4' },
            { value: 'Letter' as const, label: 'Letter' },
          ]}
          value={choice.page}
          onChange={(page) => onChange({ ...choice, page })}
        />
      </Field>
    );
  }
  return (
    <div className={styles.columns}>
      <Field label="Numbers" noMargin>
        <RadioButtonGroup
          id="coditect-export-numbers"
          aria-label="Numbers"
          options={[
            { value: 'raw' as const, label: 'For machines', description: '0.875' },
            { value: 'formatted' as const, label: 'For people', description: '87.5%' },
          ]}
          value={choice.numbers}
          onChange={(numbers) => onChange({ ...choice, numbers })}
        />
      </Field>
      <div className={styles.checkbox}>
        <Checkbox
          label="For Excel"
          description="Starts the file with a byte order mark"
          value={choice.byteOrderMark}
          onChange={(event) => onChange({ ...choice, byteOrderMark: event.currentTarget.checked })}
        />
      </div>
    </div>
  );
}

function getStyles(theme: GrafanaTheme2) {
  return {
    columns: css({ display: 'flex', flexWrap: 'wrap', gap: theme.spacing(2, 4) }),
    checkbox: css({ alignSelf: 'flex-end' }),
  };
}
