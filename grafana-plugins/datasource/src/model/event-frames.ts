import type { EventLevel, EventSearchInput, EventVolume, FoundEvents } from '@coditect/contracts';
import { DataFrameType, FieldType, type DataFrame, type Field } from '@grafana/data';
import { executedQuery, titleOf, toMs, toNotices } from './frame-parts';
import type { PlannedSearch } from './event-request';

/** More columns than this nobody reads; the rest is in the logs view. */
const columnsMax = 60;
/** The service's own limit of a page. */
const shownDefault = 100;

/** Single events as lines of a log, with everything that is known of each as its labels. */
export function toLogsFrame(
  found: FoundEvents,
  plan: PlannedSearch<EventSearchInput>,
  refId: string,
): DataFrame {
  const { events } = found;
  const { search, limit } = plan.question;
  return {
    refId,
    name: 'Events',
    fields: [
      field(
        'timestamp',
        FieldType.time,
        events.map(({ time }) => toMs(time)),
      ),
      field(
        'body',
        FieldType.string,
        events.map(({ line }) => line),
      ),
      field(
        'severity',
        FieldType.string,
        events.map(({ level }) => level),
      ),
      field(
        'id',
        FieldType.string,
        events.map(({ eventId }) => eventId),
      ),
      field(
        'labels',
        FieldType.other,
        events.map(({ type, fields }) => ({ type, ...fields })),
      ),
    ],
    length: events.length,
    meta: {
      type: DataFrameType.LogLines,
      preferredVisualisationType: 'logs',
      ...(limit !== undefined && { limit }),
      ...(search !== undefined && { searchWords: search.split(/\s+/u).map(escapeExpression) }),
      ...searchMeta(found, plan),
    },
  };
}

/** Single events as rows: what all have, then every field that at least one of them has. */
export function toEventTable(
  found: FoundEvents,
  plan: PlannedSearch<EventSearchInput>,
  refId: string,
): DataFrame {
  const { events } = found;
  const all = [...new Set(events.flatMap(({ fields }) => Object.keys(fields)))]
    .filter((name) => name !== 'type')
    .sort();
  const names = all.slice(0, columnsMax);
  const left = all.length - names.length;
  const unused = left > 0 ? [...plan.unused, `${left} fields more are in the logs view.`] : plan.unused;
  return {
    refId,
    name: 'Events',
    fields: [
      named(
        'time',
        FieldType.time,
        events.map(({ time }) => toMs(time)),
      ),
      named(
        'level',
        FieldType.string,
        events.map(({ level }) => level),
      ),
      named(
        'type',
        FieldType.string,
        events.map(({ type }) => type),
      ),
      named(
        'line',
        FieldType.string,
        events.map(({ line }) => line),
      ),
      ...names.map((name) =>
        named(
          name,
          FieldType.string,
          events.map(({ fields }) => fields[name] ?? null),
        ),
      ),
    ],
    length: events.length,
    meta: { preferredVisualisationType: 'table', ...searchMeta(found, { ...plan, unused }) },
  };
}

export const eventLevels = ['info', 'warning', 'error'] as const satisfies readonly EventLevel[];
const colours: Readonly<Record<EventLevel, string>> = { info: 'green', warning: 'orange', error: 'red' };

/** How many events of each level, a frame per level, as stacked bars. */
export function toVolumeFrames(
  volume: EventVolume,
  plan: PlannedSearch<unknown>,
  refId: string,
): DataFrame[] {
  const times = volume.buckets.map(({ time }) => toMs(time));
  return eventLevels.map((level) => ({
    refId,
    name: level,
    fields: [
      field('Time', FieldType.time, times),
      {
        name: 'Value',
        type: FieldType.number,
        values: volume.buckets.map((bucket) => bucket[level]),
        labels: { level },
        config: {
          displayNameFromDS: level,
          unit: 'short',
          color: { mode: 'fixed', fixedColor: colours[level] },
          custom: {
            drawStyle: 'bars',
            fillOpacity: 100,
            lineWidth: 0,
            stacking: { mode: 'normal', group: 'A' },
          },
        },
      },
    ],
    length: times.length,
    meta: {
      preferredVisualisationType: 'graph',
      ...toNotices(volume.meta.notices, plan.unused),
      ...executedQuery('events/volume', plan.question),
    },
  }));
}

function searchMeta(found: FoundEvents, plan: PlannedSearch<EventSearchInput>) {
  const { order, limit = shownDefault } = plan.question;
  const shown = found.events.length;
  // A page that ends before its limit says so itself.
  const isCut = found.next !== undefined && shown >= limit;
  const which = order === 'oldestFirst' ? 'oldest' : 'newest';
  const more = isCut ? [`Only the ${which} ${shown} events are shown; there are more.`] : [];
  return {
    ...toNotices(found.meta.notices, [...plan.unused, ...more]),
    ...executedQuery('events/search', plan.question),
  };
}

function field(name: string, type: FieldType, values: unknown[]): Field {
  return { name, type, values, config: {} };
}

/** For a table, whose columns are read. */
function named(name: string, type: FieldType, values: unknown[]): Field {
  return { name, type, values, config: { displayNameFromDS: titleOf(name) } };
}

/** Grafana marks what it finds by expressions. */
function escapeExpression(word: string): string {
  return word.replaceAll(/[.*+?^${}()|[\]\\]/gu, String.raw`\$&`);
}
