import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Button, Field, Input, RadioButtonGroup, useStyles2 } from '@grafana/ui';
import type { KpiDescription } from '@coditect/contracts';
import type { PanelQuestions } from '@coditect/plugins-shared';
import { type FormEvent, useState } from 'react';
import { hasFullData, type explainChoice, type ExportChoice } from '../model/report-request';
import type { ShownFrames } from '../model/shown-frames';
import { testIds } from '../testIds';
import { FullDataFields } from './FullDataFields';
import { FormatFields } from './FormatFields';

interface Props {
  choice: ExportChoice;
  problems: ReturnType<typeof explainChoice>;
  plans: PanelQuestions[];
  kpis: KpiDescription[];
  shown: ShownFrames;
  foreignCount: number;
  timeZone: string;
  timeZoneName: string;
  loadedAt: string | undefined;
  onChange: (choice: ExportChoice) => void;
  onSubmit: () => void;
  onDismiss: () => void;
}

const nothingToCompute: Array<ExportChoice['content']> = ['full'];

/** What to export, and how. */
export function ExportForm(props: Props) {
  const { choice, problems, plans, shown, onChange, onSubmit, onDismiss } = props;
  const styles = useStyles2(getStyles);
  const [isTried, setTried] = useState(false);
  const isRefused = choice.content === 'shown' && shown.kind === 'refused';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (Object.keys(problems).length === 0 && !isRefused) onSubmit();
  };
  const canCompute = hasFullData(plans);
  const titleProblem = isTried ? problems.title : undefined;

  return (
    <form onSubmit={submit} noValidate data-testid={testIds.export.form} className={styles.form}>
      <Field label="Title" noMargin invalid={titleProblem !== undefined} error={titleProblem ?? ''}>
        <Input
          id="coditect-export-title"
          value={choice.title}
          maxLength={200}
          onChange={(event) => onChange({ ...choice, title: event.currentTarget.value })}
        />
      </Field>
      <div className={styles.columns}>
        <Field label="Format" noMargin>
          <RadioButtonGroup
            id="coditect-export-format"
            aria-label="Format"
            options={[
              { value: 'pdf' as const, label: 'PDF' },
              { value: 'csv' as const, label: 'CSV' },
            ]}
            value={choice.format}
            onChange={(format) => onChange({ ...choice, format })}
          />
        </Field>
        <Field label="Content" noMargin>
          <RadioButtonGroup
            id="coditect-export-content"
            aria-label="Content"
            options={[
              { value: 'full' as const, label: 'Full data' },
              { value: 'shown' as const, label: 'As shown' },
            ]}
            disabledOptions={canCompute ? [] : nothingToCompute}
            value={choice.content}
            onChange={(content) => onChange({ ...choice, content })}
          />
        </Field>
      </div>
      {choice.content === 'full' ? (
        <FullDataFields {...props} />
      ) : (
        <ShownNote shown={shown} loadedAt={props.loadedAt} canCompute={canCompute} />
      )}
      {!canCompute && <NoFullData plans={plans} />}
      <FormatFields choice={choice} onChange={onChange} />
      <div className={styles.buttons}>
        <Button type="button" variant="secondary" fill="outline" onClick={onDismiss}>
          Close
        </Button>
        <Button type="submit" icon="file-download" disabled={isRefused}>
          Export
        </Button>
      </div>
    </form>
  );
}

/** Why there is no choice. */
function NoFullData({ plans }: Pick<Props, 'plans'>) {
  const styles = useStyles2(getStyles);
  const reasons = plans.flatMap(({ unused }) => unused);
  return (
    <div className={styles.note} data-testid={testIds.export.noFullData} role="note">
      No full data of this panel: nothing that it asks can be asked by a report. {reasons.join(' ')}
    </div>
  );
}

interface ShownNoteProps extends Pick<Props, 'shown' | 'loadedAt'> {
  canCompute: boolean;
}

function ShownNote({ shown, loadedAt, canCompute }: ShownNoteProps) {
  const styles = useStyles2(getStyles);
  const when = loadedAt === undefined ? '' : `, loaded at ${loadedAt}`;
  const rows = shown.kind === 'frames' ? `${shown.rows} ${shown.rows === 1 ? 'row' : 'rows'}` : '';
  return (
    <div className={styles.note} data-testid={testIds.export.shownNote} role="note">
      {shown.kind === 'refused'
        ? `${shown.reason}${canCompute ? ' Choose the full data instead.' : ''}`
        : `Exactly the values of this panel${when}: ${rows}, before transformations. The report says that they were not computed anew.`}
    </div>
  );
}

function getStyles(theme: GrafanaTheme2) {
  return {
    form: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(2) }),
    columns: css({ display: 'flex', flexWrap: 'wrap', gap: theme.spacing(2, 4) }),
    note: css({
      padding: theme.spacing(1, 1.5),
      borderLeft: `3px solid ${theme.colors.info.border}`,
      background: theme.colors.background.secondary,
      color: theme.colors.text.secondary,
    }),
    buttons: css({ display: 'flex', justifyContent: 'flex-end', gap: theme.spacing(1), flexWrap: 'wrap' }),
  };
}
