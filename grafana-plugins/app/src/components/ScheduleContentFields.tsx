import { Alert, Combobox, Field, FieldSet, Input, MultiCombobox, RadioButtonGroup } from '@grafana/ui';
import type { CompareTo, KpiDescription, RelativePeriod } from '@coditect/contracts';
import { periodWords, type FormProblems, type ScheduleForm } from '../model/schedule-form';
import { SpokenLabel } from './SpokenLabel';

export interface FieldsProps {
  form: ScheduleForm;
  problems: FormProblems;
  onChange: (form: ScheduleForm) => void;
}

interface Props extends FieldsProps {
  kpis: KpiDescription[];
  /** Whether the queries are more than these fields can say. */
  hasFixedQueries: boolean;
}

/** Title, format, and what is computed over which period. */
export function ScheduleContentFields({ form, problems, kpis, hasFixedQueries, onChange }: Props) {
  const change = (changed: Partial<ScheduleForm>) => onChange({ ...form, ...changed });
  return (
    <FieldSet label="Report">
      <Field label="Title" invalid={problems.title !== undefined} error={problems.title ?? ''}>
        <Input
          id="coditect-schedule-title"
          value={form.title}
          maxLength={200}
          onChange={(event) => change({ title: event.currentTarget.value })}
        />
      </Field>
      <Field label="Format">
        <RadioButtonGroup
          aria-label="Format"
          options={[
            { value: 'pdf' as const, label: 'PDF' },
            { value: 'csv' as const, label: 'CSV' },
          ]}
          value={form.format}
          onChange={(format) => change({ format })}
        />
      </Field>
      <Field label="Period" description="Of each run, whole days in the time zone of the schedule">
        <Combobox<RelativePeriod>
          id="coditect-schedule-period"
          options={Object.entries(periodWords).flatMap(([name, label]) => periodOption(name, label))}
          value={form.period}
          onChange={({ value }) => change({ period: value })}
        />
      </Field>
      {hasFixedQueries ? (
        <Alert severity="info" title="The KPIs of this schedule stay as they are">
          It has filters, a limit, a time zone of their own or several kinds of questions, for which there are
          no fields here.
        </Alert>
      ) : (
        <QueryFields form={form} problems={problems} kpis={kpis} change={change} />
      )}
    </FieldSet>
  );
}

function periodOption(name: string, label: string) {
  const periods: RelativePeriod[] = [
    'yesterday',
    'last7Days',
    'last28Days',
    'previousWeek',
    'previousMonth',
    'monthToDate',
  ];
  const value = periods.find((period) => period === name);
  return value === undefined ? [] : [{ value, label }];
}

type QueryFieldsProps = Pick<Props, 'form' | 'problems' | 'kpis'> & {
  change: (changed: Partial<ScheduleForm>) => void;
};

function QueryFields({ form, problems, kpis, change }: QueryFieldsProps) {
  const chosen = kpis.filter(({ id }) => form.metrics.includes(id));
  const common = (chosen.length > 0 ? chosen : kpis)
    .map(({ dimensions }) => dimensions)
    .reduce((left, right) => left.filter((name) => right.includes(name)), chosen[0]?.dimensions ?? []);
  return (
    <>
      <SpokenLabel id="coditect-schedule-metrics-label" text="KPIs" />
      <Field label="KPIs" invalid={problems.metrics !== undefined} error={problems.metrics ?? ''}>
        <MultiCombobox
          id="coditect-schedule-metrics"
          aria-labelledby="coditect-schedule-metrics-label"
          placeholder="Choose KPIs"
          options={kpis.map(({ id, title, definition }) => ({
            value: id,
            label: title,
            description: definition,
          }))}
          value={form.metrics}
          onChange={(options) => change({ metrics: options.map(({ value }) => value) })}
        />
      </Field>
      <SpokenLabel id="coditect-schedule-group-by-label" text="Group by" />
      <Field label="Group by" description="Dimensions that all of the KPIs have, at most four">
        <MultiCombobox
          id="coditect-schedule-group-by"
          aria-labelledby="coditect-schedule-group-by-label"
          placeholder="Whole tenant"
          options={[...new Set([...common, ...form.groupBy])].map((value) => ({ value }))}
          value={form.groupBy}
          onChange={(options) => change({ groupBy: options.map(({ value }) => value).slice(0, 4) })}
        />
      </Field>
      <Field label="Values">
        <RadioButtonGroup
          aria-label="Values"
          options={[
            { value: 'total' as const, label: 'Totals' },
            { value: '1h' as const, label: 'Hours' },
            { value: '1d' as const, label: 'Days' },
            { value: '1w' as const, label: 'Weeks' },
          ]}
          value={form.detail}
          onChange={(detail) => change({ detail })}
        />
      </Field>
      <Field label="Compare to">
        <Combobox<CompareTo>
          id="coditect-schedule-compare-to"
          options={[
            { value: 'none', label: 'Nothing' },
            { value: 'previousPeriod', label: 'Previous period' },
            { value: 'lastWeek', label: 'A week before' },
            { value: 'lastMonth', label: 'A month before' },
            { value: 'lastYear', label: 'A year before' },
          ]}
          value={form.compareTo}
          onChange={({ value }) => change({ compareTo: value })}
        />
      </Field>
    </>
  );
}
