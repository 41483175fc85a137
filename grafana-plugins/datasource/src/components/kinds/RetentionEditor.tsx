import { InlineFieldRow } from '@grafana/ui';
import type { RetentionSettings } from '../../types';
import { ChoiceField, CountField } from '../fields';
import { EventFields } from './EventFields';
import { IntervalField } from './IntervalField';
import type { KindEditorProps } from './kind-editor';

const modes = [
  { value: 'nDay', label: 'In that period', description: 'Who came back in exactly that period' },
  {
    value: 'unbounded',
    label: 'Then or later',
    description: 'Who came back in that period or in any after it',
  },
] as const;
const cohorts = [
  { value: 'firstEver', label: 'First ever', description: 'New users: their first such event of all' },
  {
    value: 'firstInRange',
    label: 'First in range',
    description: 'Everybody: their first such event in the range',
  },
] as const;

/** Who starts, who counts as back, and in which periods. */
export function RetentionEditor(props: KindEditorProps<RetentionSettings>) {
  const { refId, settings, dimensions, explainFilters, datasource, onChange } = props;
  const id = `coditect-retention-${refId}`;
  return (
    <>
      <EventFields
        id={`${id}-start`}
        label="Starts with"
        choice={settings.start}
        placeholder="Any event"
        dimensions={dimensions}
        explainFilters={explainFilters}
        datasource={datasource}
        onChange={(start) => onChange({ start: { ...settings.start, ...start } })}
      />
      <EventFields
        id={`${id}-returning`}
        label="Returns with"
        choice={settings.returning}
        placeholder="Any event"
        dimensions={dimensions}
        explainFilters={explainFilters}
        datasource={datasource}
        onChange={(returning) => onChange({ returning: { ...settings.returning, ...returning } })}
      />
      <InlineFieldRow>
        <IntervalField
          id={`${id}-interval`}
          label="Periods of"
          value={settings.interval}
          onChange={(interval) => onChange({ interval })}
        />
        <CountField
          id={`${id}-periods`}
          label="How many"
          value={settings.periods}
          max={60}
          onChange={(periods) => onChange({ periods })}
        />
      </InlineFieldRow>
      <InlineFieldRow>
        <ChoiceField
          id={`${id}-cohort`}
          label="Cohort by"
          options={cohorts}
          value={settings.cohort}
          onChange={(cohort) => onChange({ cohort })}
        />
        <ChoiceField
          id={`${id}-mode`}
          label="Back"
          options={modes}
          value={settings.mode}
          onChange={(mode) => onChange({ mode })}
        />
      </InlineFieldRow>
    </>
  );
}
