import { InlineFieldRow } from '@grafana/ui';
import type { BudgetSettings, LifecycleSettings, PathsSettings, SeatsSettings } from '../../types';
import { CountField, DurationField, NameField, TextField } from '../fields';
import { Problem } from '../Problem';
import { IntervalField } from './IntervalField';
import type { KindEditorProps } from './kind-editor';

export function LifecycleEditor({ refId, settings, onChange }: KindEditorProps<LifecycleSettings>) {
  return (
    <InlineFieldRow>
      <IntervalField
        id={`coditect-lifecycle-interval-${refId}`}
        label="Periods of"
        value={settings.interval}
        onChange={(interval) => onChange({ interval })}
      />
    </InlineFieldRow>
  );
}

/** What a step is called after, and where a path begins and ends. */
export function PathsEditor(props: KindEditorProps<PathsSettings>) {
  const { refId, settings, dimensions, explainDimension, datasource, onChange } = props;
  const problem = explainDimension(settings.by);
  const id = `coditect-paths-${refId}`;
  return (
    <>
      <InlineFieldRow>
        <NameField
          id={`${id}-by`}
          label="Steps are"
          tooltip="The dimension whose values make the steps."
          value={settings.by}
          placeholder="type"
          options={dimensions}
          problem={problem}
          onChange={(by) => onChange({ by: by === '' ? 'type' : by })}
        />
        <NameField
          id={`${id}-starts-with`}
          label="Starting with"
          value={settings.startsWith ?? ''}
          placeholder="Wherever a user begins"
          options={(prefix) => datasource.client.dimensionValues(settings.by, prefix)}
          isClearable
          onChange={(startsWith) => onChange({ startsWith })}
        />
      </InlineFieldRow>
      <Problem text={problem} />
      <InlineFieldRow>
        <DurationField
          id={`${id}-gap`}
          label="Ends after"
          tooltip="A path ends where a user does nothing for so long."
          valueMs={settings.gapMs}
          onChange={(gapMs) => onChange({ gapMs })}
        />
        <CountField
          id={`${id}-steps`}
          label="Longest"
          min={2}
          max={10}
          value={settings.stepsMax}
          onChange={(stepsMax) => onChange({ stepsMax })}
        />
        <CountField
          id={`${id}-limit`}
          label="Paths"
          max={200}
          value={settings.limit}
          onChange={(limit) => onChange({ limit })}
        />
      </InlineFieldRow>
    </>
  );
}

export function SeatsEditor({ refId, settings, onChange }: KindEditorProps<SeatsSettings>) {
  return (
    <InlineFieldRow>
      <IntervalField
        id={`coditect-seats-interval-${refId}`}
        label="Periods of"
        value={settings.interval}
        onChange={(interval) => onChange({ interval })}
      />
      <CountField
        id={`coditect-seats-days-${refId}`}
        label="Active within"
        tooltip="Days in which a seat's user has to be active for the seat not to be idle."
        max={90}
        value={settings.activeDays}
        onChange={(activeDays) => onChange({ activeDays })}
      />
    </InlineFieldRow>
  );
}

export function BudgetEditor({ refId, settings, onChange }: KindEditorProps<BudgetSettings>) {
  return (
    <InlineFieldRow>
      <TextField
        id={`coditect-budget-name-${refId}`}
        label="Budget"
        tooltip="Its name. Without one, the budget of what the filters name."
        value={settings.budget ?? ''}
        placeholder="That of the filters"
        onChange={(budget) => onChange({ budget })}
      />
    </InlineFieldRow>
  );
}
