import { InlineFieldRow } from '@grafana/ui';
import { annotationKinds } from '../../model/choices';
import type { AnnotationsSettings, EventsSettings } from '../../types';
import { ChoiceField, CountField } from '../fields';
import type { KindEditorProps } from './kind-editor';
import { SearchField } from './SearchField';

const views = [
  { value: 'logs', label: 'Logs' },
  { value: 'table', label: 'Table' },
  { value: 'volume', label: 'Volume', description: 'How many of each level, over time' },
] as const;
const orders = [
  { value: 'newestFirst', label: 'Newest first' },
  { value: 'oldestFirst', label: 'Oldest first' },
] as const;

/** Single events, and how they are shown. */
export function EventsEditor({ refId, settings, onChange }: KindEditorProps<EventsSettings>) {
  const id = `coditect-events-${refId}`;
  return (
    <>
      <InlineFieldRow>
        <SearchField id={id} search={settings.search} placeholder="failed checkout" onChange={onChange} />
      </InlineFieldRow>
      <InlineFieldRow>
        <ChoiceField
          id={`${id}-view`}
          label="Show as"
          options={views}
          value={settings.view}
          onChange={(view) => onChange({ view })}
        />
        {settings.view !== 'volume' && (
          <>
            <ChoiceField
              id={`${id}-order`}
              label="Order"
              options={orders}
              value={settings.order}
              onChange={(order) => onChange({ order })}
            />
            <CountField
              id={`${id}-limit`}
              label="Events"
              max={5_000}
              value={settings.limit}
              onChange={(limit) => onChange({ limit })}
            />
          </>
        )}
      </InlineFieldRow>
    </>
  );
}

const presetWords = {
  releases: { label: 'Releases', description: 'First run of each version of an agent' },
  outages: { label: 'Outages', description: 'Spans with many failed requests of the API' },
  licences: { label: 'Licences', description: 'Seats bought, assigned and released' },
  budgets: { label: 'Budgets', description: 'When a share of a budget was passed' },
  events: { label: 'Events', description: 'Each event that the filters let through' },
} as const;

/** What is marked on time series: a preset, or events of one's own choice. */
export function AnnotationsEditor({ refId, settings, onChange }: KindEditorProps<AnnotationsSettings>) {
  const id = `coditect-annotations-${refId}`;
  return (
    <>
      <InlineFieldRow>
        <ChoiceField
          id={`${id}-kind`}
          label="Mark"
          options={annotationKinds.map((value) => ({ value, ...presetWords[value] }))}
          value={settings.kind}
          onChange={(kind) => onChange({ kind })}
        />
      </InlineFieldRow>
      <InlineFieldRow>
        {settings.kind === 'events' && (
          <SearchField id={id} search={settings.search} placeholder="deploy" onChange={onChange} />
        )}
        {settings.kind === 'outages' && (
          <>
            <CountField
              id={`${id}-percent`}
              label="Failed, %"
              tooltip="Share of the requests from which on it is an outage."
              max={100}
              value={Math.max(1, Math.round(settings.errorRate * 100))}
              onChange={(percent) => onChange({ errorRate: percent / 100 })}
            />
            <CountField
              id={`${id}-minutes`}
              label="Over minutes"
              max={1_440}
              value={settings.minutes}
              onChange={(minutes) => onChange({ minutes })}
            />
          </>
        )}
        <CountField
          id={`${id}-limit`}
          label="Marks"
          max={1_000}
          value={settings.limit}
          onChange={(limit) => onChange({ limit })}
        />
      </InlineFieldRow>
    </>
  );
}
