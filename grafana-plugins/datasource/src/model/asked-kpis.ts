import { interpolateNames, type Interpolate } from './template';

/** Each is a question of its own. */
const kpisMax = 12;

/**
 * The ids of the KPIs that a query asks for: more than one where a variable has several values.
 *
 * @throws Error when there are none, or too many
 */
export function askedKpis(metric: string, interpolate: Interpolate): string[] {
  const ids = interpolateNames(metric, interpolate);
  if (ids.length === 0) {
    throw new Error(
      `${metric} names no KPI. Choose one, or let "All" of the variable have no value of its own.`,
    );
  }
  if (ids.length > kpisMax) {
    throw new Error(`A query asks for at most ${kpisMax} KPIs, and ${metric} names ${ids.length}.`);
  }
  return ids;
}
