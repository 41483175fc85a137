import type {
  AnnotationQueryInput,
  EventSearchInput,
  EventVolumeQueryInput,
  Interval,
} from '@coditect/contracts';
import type { EventsSettings, QueryFilter, QueryOf } from '../types';
import { fromAdHocFilters } from './ad-hoc';
import { askedSpan, type PanelContext } from './analysis-request';
import { eventOnlyDimensions, isAttribute } from './event-dimensions';
import { pickInterval } from './interval';
import { interpolateQuery } from './interpolate-query';

/** More bars than this are not told apart. */
const barsMax = 200;

/** The question to send for one saved query; `unused` are sentences about what was left out. */
export interface PlannedSearch<Question> {
  question: Question;
  unused: string[];
}

export function planEventSearch(
  saved: QueryOf<'events'>,
  context: PanelContext,
): PlannedSearch<EventSearchInput> {
  const { asked, unused, settings } = planSearch(saved, context);
  const { order, limit } = settings;
  return { question: { range: asked.range, ...searchOf(settings, asked.filters), order, limit }, unused };
}

/** Events by level over time, in as many steps as a panel can tell apart. */
export function planEventVolume(
  saved: QueryOf<'events'>,
  context: PanelContext,
  maxDataPoints: number | undefined,
): PlannedSearch<EventVolumeQueryInput & { interval: Interval }> {
  const { asked, unused, settings } = planSearch(saved, context);
  const points = Math.min(Math.max(maxDataPoints ?? barsMax, 1), barsMax);
  const interval = pickInterval(context.toMs - context.fromMs, points, '1m');
  return { question: { ...asked, ...searchOf(settings, asked.filters), interval }, unused };
}

export function planAnnotations(
  saved: QueryOf<'annotations'>,
  context: PanelContext,
): PlannedSearch<AnnotationQueryInput> {
  const query = interpolateQuery(saved, context.interpolate);
  if (query.kind !== 'annotations') {
    throw new Error(`A query of the kind ${query.kind} asks for no annotations.`);
  }
  const { kind, errorRate, minutes, limit } = query.annotations;
  // A budget is of dimensions of KPIs only.
  const known = kind === 'budgets' ? context.dimensions : eventDimensions(context);
  const adHoc = fromAdHocFilters(context.adHocFilters, known, 'annotation');
  // The service refuses them: budgets are chosen by the values of their scope.
  const isTaken = ({ operator }: QueryFilter) => kind !== 'budgets' || operator === '=' || operator === 'in';
  const filters = [...query.annotations.filters, ...adHoc.filters.filter(isTaken)];
  const refused = adHoc.filters
    .filter((filter) => !isTaken(filter))
    .map(
      ({ dimension, operator }) =>
        `The dashboard filter on "${dimension}" is not used: budgets know no "${operator}".`,
    );
  return {
    question: {
      ...askedSpan(query.timeZone, context),
      ...searchOf(query.annotations, filters),
      ...{ kind, errorRate, minutes, limit },
    },
    unused: [...adHoc.unused, ...refused],
  };
}

function planSearch(saved: QueryOf<'events'>, context: PanelContext) {
  const query = interpolateQuery(saved, context.interpolate);
  if (query.kind !== 'events') {
    throw new Error(`A query of the kind ${query.kind} finds no events.`);
  }
  const adHoc = fromAdHocFilters(context.adHocFilters, eventDimensions(context), 'search of events');
  const filters = [...query.events.filters, ...adHoc.filters];
  const settings: EventsSettings = query.events;
  return { settings, asked: { ...askedSpan(query.timeZone, context), filters }, unused: adHoc.unused };
}

/** Events have dimensions beyond those of the catalogue: whatever they carry can be filtered by. */
function eventDimensions({ dimensions, adHocFilters }: PanelContext): string[] | undefined {
  const attributes = adHocFilters.map(({ key }) => key).filter(isAttribute);
  return dimensions && [...dimensions, ...eventOnlyDimensions, ...attributes];
}

function searchOf({ search }: { search?: string }, filters: QueryFilter[]) {
  const words = search?.trim() ?? '';
  return { filters, ...(words !== '' && { search: words }) };
}
