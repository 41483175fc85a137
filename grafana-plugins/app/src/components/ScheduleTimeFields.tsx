import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Checkbox, Combobox, Field, FieldSet, Input, useStyles2 } from '@grafana/ui';
import { toCron, weekdayNames, type Rhythm, type ScheduleForm } from '../model/schedule-form';
import type { FieldsProps } from './ScheduleContentFields';

const rhythms: Array<{ value: Rhythm; label: string }> = [
  { value: 'daily', label: 'Every day' },
  { value: 'weekly', label: 'Every week' },
  { value: 'monthly', label: 'Every month' },
  { value: 'lastDay', label: 'On the last day of the month' },
  { value: 'cron', label: 'As a cron line says' },
];

/** When it runs. */
export function ScheduleTimeFields({ form, problems, onChange }: FieldsProps) {
  const styles = useStyles2(getStyles);
  const change = (changed: Partial<ScheduleForm>) => onChange({ ...form, ...changed });
  return (
    <FieldSet label="When">
      <div className={styles.columns}>
        <Field label="Runs" className={styles.column}>
          <Combobox<Rhythm>
            id="coditect-schedule-rhythm"
            options={rhythms}
            value={form.rhythm}
            // What is chosen so far becomes the cron line to begin with.
            onChange={({ value }) => change({ rhythm: value, cron: toCron(form) })}
          />
        </Field>
        <MomentFields form={form} problems={problems} change={change} />
      </div>
      <div className={styles.columns}>
        <Field
          label="Time zone"
          description="Of the time, and of the period"
          className={styles.column}
          invalid={problems.timeZone !== undefined}
          error={problems.timeZone ?? ''}
        >
          <Combobox
            id="coditect-schedule-time-zone"
            createCustomValue
            options={Intl.supportedValuesOf('timeZone').map((value) => ({ value }))}
            value={form.timeZone === '' ? null : form.timeZone}
            onChange={({ value }) => change({ timeZone: value })}
          />
        </Field>
        <Field label="First day" description="Empty: from now on" className={styles.column}>
          <Input
            id="coditect-schedule-start"
            type="date"
            value={form.startDay}
            onChange={(event) => change({ startDay: event.currentTarget.value })}
          />
        </Field>
        <Field
          label="Last day"
          description="Empty: without end"
          className={styles.column}
          invalid={problems.endDay !== undefined}
          error={problems.endDay ?? ''}
        >
          <Input
            id="coditect-schedule-end"
            type="date"
            value={form.endDay}
            onChange={(event) => change({ endDay: event.currentTarget.value })}
          />
        </Field>
      </div>
      <Checkbox
        label="Not on Saturdays and Sundays"
        value={form.weekdaysOnly}
        onChange={(event) => change({ weekdaysOnly: event.currentTarget.checked })}
      />
    </FieldSet>
  );
}

type MomentProps = Pick<FieldsProps, 'form' | 'problems'> & {
  change: (changed: Partial<ScheduleForm>) => void;
};

function MomentFields({ form, problems, change }: MomentProps) {
  const styles = useStyles2(getStyles);
  if (form.rhythm === 'cron') {
    return (
      <Field
        label="Cron line"
        description="minute hour day month weekday; L is the last day"
        className={styles.column}
        invalid={problems.cron !== undefined}
        error={problems.cron ?? ''}
      >
        <Input
          id="coditect-schedule-cron"
          value={form.cron}
          onChange={(event) => change({ cron: event.currentTarget.value })}
        />
      </Field>
    );
  }
  return (
    <>
      {form.rhythm === 'weekly' && (
        <Field label="On" className={styles.column}>
          <Combobox<number>
            id="coditect-schedule-weekday"
            options={weekdayNames.map((label, value) => ({ label, value }))}
            value={form.weekday}
            onChange={({ value }) => change({ weekday: value })}
          />
        </Field>
      )}
      {form.rhythm === 'monthly' && (
        <Field label="On day" description="A month without it is left out" className={styles.column}>
          <Input
            id="coditect-schedule-day"
            type="number"
            min={1}
            max={31}
            value={form.dayOfMonth}
            onChange={(event) =>
              change({ dayOfMonth: Math.min(31, Math.max(1, Math.round(Number(event.currentTarget.value)))) })
            }
          />
        </Field>
      )}
      <Field label="At" className={styles.column}>
        <Input
          id="coditect-schedule-time"
          type="time"
          value={form.time}
          onChange={(event) => change({ time: event.currentTarget.value || '00:00' })}
        />
      </Field>
    </>
  );
}

function getStyles(theme: GrafanaTheme2) {
  return {
    columns: css({ display: 'flex', flexWrap: 'wrap', gap: theme.spacing(0, 2) }),
    column: css({ flex: '1 1 180px', minWidth: 0 }),
  };
}
