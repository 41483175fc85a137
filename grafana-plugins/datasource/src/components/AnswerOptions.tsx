import type { CompareTo, KpiDescription } from '@coditect/contracts';
import { Combobox, InlineField, InlineFieldRow, InlineSwitch, Input, RadioButtonGroup } from '@grafana/ui';
import { comparisons, intervals } from '../model/choices';
import { allowedIntervals } from '../model/interval';
import { intervalWords } from '../model/problems';
import { readChoice, readCount } from '../model/read-json';
import { typedChoice } from '../model/typed-choice';
import { testIds } from '../testIds';
import type { AnswerFormat, KpiQuery } from '../types';
import { Problem } from './Problem';
import { TimeZoneField } from './TimeZoneField';
import { variableOptions } from './variable-options';

interface Props {
  query: KpiQuery;
  kpi: KpiDescription | undefined;
  intervalProblem: string | undefined;
  onChange: (changed: Partial<KpiQuery>) => void;
}

const ids = testIds.queryEditor;
const intervalChoices = ['auto', ...intervals] as const;

const formats: { value: AnswerFormat; label: string; description: string }[] = [
  { value: 'timeseries', label: 'Time series', description: 'A value per interval' },
  { value: 'table', label: 'Total', description: 'One value per group over the whole range' },
];

/** In which steps, compared with what, named how. */
export function AnswerOptions({ query, kpi, intervalProblem, onChange }: Props) {
  return (
    <>
      <InlineFieldRow>
        <InlineField label="Format" labelWidth={14}>
          <div data-testid={ids.format}>
            <RadioButtonGroup
              options={formats}
              value={query.format}
              onChange={(format) => onChange({ format })}
            />
          </div>
        </InlineField>
        {query.format === 'timeseries' && (
          <InlineField label="Interval" labelWidth={14} invalid={intervalProblem !== undefined}>
            <Combobox
              id={`coditect-interval-${query.refId}`}
              data-testid={ids.interval}
              width={18}
              options={intervalOptions(query, kpi)}
              value={query.interval}
              onChange={({ value }) => onChange({ interval: readChoice(intervalChoices, value) ?? 'auto' })}
            />
          </InlineField>
        )}
        <InlineField label="Compare to" labelWidth={14}>
          <Combobox
            id={`coditect-compare-to-${query.refId}`}
            data-testid={ids.compareTo}
            width={20}
            options={[
              ...comparisons.map((value) => ({ value: String(value), label: comparisonWords[value] })),
              ...variableOptions(),
            ]}
            value={query.compareTo}
            onChange={({ value }) => onChange({ compareTo: readChoice(comparisons, value) ?? 'none' })}
          />
        </InlineField>
      </InlineFieldRow>
      <Problem text={intervalProblem} />
      {query.format === 'table' ? (
        <TableOptions query={query} onChange={onChange} />
      ) : (
        <LiveOption query={query} onChange={onChange} />
      )}
      <NamingOptions query={query} onChange={onChange} />
    </>
  );
}

/** The order of the rows, and a last one for all of them. */
function TableOptions({ query, onChange }: Pick<Props, 'query' | 'onChange'>) {
  const columns = [...query.groupBy, 'value', ...(query.compareTo === 'none' ? [] : ['previous'])].map(
    (value) => ({ value }),
  );
  const { orderBy } = query;
  return (
    <InlineFieldRow>
      <InlineField label="Order by" labelWidth={14}>
        <Combobox
          id={`coditect-order-${query.refId}`}
          data-testid={ids.orderBy}
          width={24}
          placeholder="As the service orders"
          isClearable
          createCustomValue
          options={columns}
          value={orderBy?.column ?? null}
          onChange={(chosen: { value: string } | null) =>
            onChange({
              orderBy:
                chosen === null
                  ? undefined
                  : { direction: 'desc', ...orderBy, column: typedChoice(chosen.value, columns) },
            })
          }
        />
      </InlineField>
      {orderBy !== undefined && (
        <RadioButtonGroup
          aria-label="Direction"
          options={[
            { value: 'desc' as const, label: 'Largest first' },
            { value: 'asc' as const, label: 'Smallest first' },
          ]}
          value={orderBy.direction}
          onChange={(direction) => onChange({ orderBy: { ...orderBy, direction } })}
        />
      )}
      <InlineField label="Totals" labelWidth={14} tooltip="A last row with the value over all groups.">
        <InlineSwitch
          id={`coditect-totals-${query.refId}`}
          data-testid={ids.withTotals}
          value={query.withTotals ?? false}
          onChange={(event) => onChange({ withTotals: event.currentTarget.checked })}
        />
      </InlineField>
    </InlineFieldRow>
  );
}

function LiveOption({ query, onChange }: Pick<Props, 'query' | 'onChange'>) {
  return (
    <InlineFieldRow>
      <InlineField
        label="Live"
        labelWidth={14}
        tooltip="Moves within seconds of an event, between the refreshes of the dashboard."
      >
        <InlineSwitch
          id={`coditect-live-${query.refId}`}
          data-testid={ids.live}
          value={query.live ?? false}
          onChange={(event) => onChange({ live: event.currentTarget.checked })}
        />
      </InlineField>
    </InlineFieldRow>
  );
}

function NamingOptions({ query, onChange }: Pick<Props, 'query' | 'onChange'>) {
  return (
    <InlineFieldRow>
      <InlineField
        label="Legend"
        labelWidth={14}
        tooltip="Name of a series. {{team}} is the value of the dimension team, {{metric}} the title of the KPI."
      >
        <Input
          key={`legend ${query.legend ?? ''}`}
          id={`coditect-legend-${query.refId}`}
          data-testid={ids.legend}
          width={24}
          placeholder="Automatic"
          defaultValue={query.legend ?? ''}
          onBlur={({ currentTarget: { value } }) => {
            if (value !== (query.legend ?? '')) onChange({ legend: value });
          }}
        />
      </InlineField>
      <InlineField label="Limit" labelWidth={14} tooltip="At most this many groups, the largest first.">
        <Input
          key={`limit ${query.limit ?? ''}`}
          id={`coditect-limit-${query.refId}`}
          data-testid={ids.limit}
          type="number"
          min={1}
          width={12}
          placeholder="None"
          defaultValue={query.limit ?? ''}
          onBlur={({ currentTarget }) => {
            const limit = readCount(currentTarget.value);
            if (limit !== query.limit) onChange({ limit });
            currentTarget.value = String(limit ?? '');
          }}
        />
      </InlineField>
      <TimeZoneField
        refId={query.refId}
        value={query.timeZone}
        onChange={(timeZone) => onChange({ timeZone })}
      />
    </InlineFieldRow>
  );
}

/** Only what the KPI has; a saved choice that it has not stays visible, so that it can be explained. */
function intervalOptions(query: KpiQuery, kpi: KpiDescription | undefined) {
  const allowed = kpi ? allowedIntervals(kpi.smallestInterval) : [...intervals];
  const shown = intervals.filter((interval) => allowed.includes(interval) || interval === query.interval);
  return [
    { value: 'auto', label: 'Automatic' },
    ...shown.map((value) => ({ value: String(value), label: intervalWords[value] })),
    ...variableOptions(),
  ];
}

const comparisonWords: Readonly<Record<CompareTo, string>> = {
  none: 'Nothing',
  previousPeriod: 'Previous period',
  lastWeek: 'A week before',
  lastMonth: 'A month before',
  lastYear: 'A year before',
};
