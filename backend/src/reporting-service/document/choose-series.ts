import type { AnswerCell } from '@coditect/contracts';
import type { Series, SeriesPoint } from './report-document.js';
import type { ReadTable } from './read-table.js';

/** More lines than this can't be told apart on paper; the table has the rest. */
const seriesMax = 8;

export interface ChosenSeries {
  readonly series: readonly Series[];
  readonly leftOut: number;
}

/** One series a group and a column of values, the largest first. Comparisons are drawn for a single series only. */
export function chooseSeries(table: ReadTable, time: number): ChosenSeries {
  const all = table.values.flatMap((column) => splitByGroup(table, time, column));
  const ranked = all.toSorted((a, b) => weightOf(b.points) - weightOf(a.points));
  const series = ranked.slice(0, seriesMax);
  const isSingle = all.length === 1 && table.previous !== undefined;
  const earlier = isSingle && table.previous !== undefined ? splitByGroup(table, time, table.previous) : [];
  return {
    series: [
      ...series,
      ...earlier.map((one) => ({ ...one, name: 'Period compared with', isPrevious: true })),
    ],
    leftOut: ranked.length - series.length,
  };
}

function splitByGroup(table: ReadTable, time: number, column: number): Series[] {
  const pointsOf = new Map<string, SeriesPoint[]>();
  for (const row of table.rows) {
    const at = row[time];
    if (typeof at !== 'string') continue;
    const name = nameOf(table, row, column);
    const points = pointsOf.get(name) ?? [];
    pointsOf.set(name, points);
    points.push({ time: at, value: numberOf(row[column]) });
  }
  return [...pointsOf].map(([name, points]) => ({
    name,
    isPrevious: false,
    points: points.toSorted((a, b) => Date.parse(a.time) - Date.parse(b.time)),
  }));
}

/** By its groups, and by its column where there are several. An answer's single column is named after its KPI. */
function nameOf(table: ReadTable, row: readonly AnswerCell[], column: number): string {
  const groups = table.groups.map((index) => groupName(row[index]));
  const own = table.columns[column]?.name ?? '';
  if (table.values.length > 1) return [...groups, own].join(' / ');
  if (groups.length > 0) return groups.join(' / ');
  return table.origin === 'panel' ? own : table.title;
}

/** An event that does not say has an empty group. */
export function groupName(cell: AnswerCell | undefined): string {
  return cell === undefined || cell === null || cell === '' ? '(none)' : String(cell);
}

export function numberOf(cell: AnswerCell | undefined): number | null {
  return typeof cell === 'number' && Number.isFinite(cell) ? cell : null;
}

function weightOf(points: readonly SeriesPoint[]): number {
  return points.reduce((sum, { value }) => sum + Math.abs(value ?? 0), 0);
}
