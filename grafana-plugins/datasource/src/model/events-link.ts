import { dateTime, type DataLink, type Labels, type TimeRange } from '@grafana/data';
import type { QueryFilter, QueryOf } from '../types';
import { readFilters } from './read-json';
import type { FrameContext } from './kpi-frame-meta';
import { newQuery } from './new-query';

/**
 * A link from a number to the events that it was made of: a search in Explore over the range of the panel, by the
 * KPI's types, its filters and the group. None where a KPI is not made of events.
 *
 * @param labels the group; values may be template variables, which Grafana replaces when the link is followed
 * @param overAll what they are replaced with where the number is of all groups
 */
export function eventsLink(
  context: FrameContext,
  labels: Labels,
  overAll?: Labels,
): DataLink<QueryOf<'events'>>[] {
  const { datasource, kpi, question } = context;
  if (datasource === undefined || kpi?.eventTypes === undefined) {
    return [];
  }
  const { eventTypes } = kpi;
  const searchIn = (group: Labels): QueryOf<'events'> => {
    const filters = [
      ...ofTypes(eventTypes),
      ...readFilters(question.filters),
      ...Object.entries(group).map(([dimension, value]): QueryFilter => ({
        dimension,
        operator: '=',
        value,
      })),
    ];
    const query = newQuery('events', context.refId);
    return { ...query, events: { ...query.events, filters } };
  };
  const search = searchIn(labels);
  return [
    {
      title: `Events of ${kpi.title}`,
      url: '',
      internal: {
        query:
          overAll === undefined
            ? search
            : ({ replaceVariables, scopedVars }) => {
                const isOverAll = Object.entries(labels).every(
                  ([name, value]) => replaceVariables(value, scopedVars) === overAll[name],
                );
                return isOverAll ? searchIn({}) : search;
              },
        datasourceUid: datasource.uid,
        datasourceName: datasource.name,
        range: rangeOf(question.range),
      },
    },
  ];
}

/** Without it a link would open Explore on its last hour. */
function rangeOf(range: { from: string; to: string }): TimeRange {
  const [from, to] = [dateTime(range.from), dateTime(range.to)];
  return { from, to, raw: { from, to } };
}

/** The filter for the events behind a KPI; none for events of any type. */
export function ofTypes(types: readonly string[]): QueryFilter[] {
  const [first] = types;
  if (first === undefined) {
    return [];
  }
  return types.length === 1
    ? [{ dimension: 'type', operator: '=', value: first }]
    : [{ dimension: 'type', operator: 'in', value: [...types] }];
}
