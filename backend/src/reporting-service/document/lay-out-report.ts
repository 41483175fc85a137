import type { Notice, QueryRange } from '@coditect/contracts';
import { chooseSeries, groupName, numberOf } from './choose-series.js';
import { createControlTotals } from './control-totals.js';
import { hashQuestions } from './query-hash.js';
import { readTable, type ReadTable } from './read-table.js';
import type {
  Bar,
  ControlTotal,
  Definition,
  Provenance,
  ReportDocument,
  Section,
  Tile,
} from './report-document.js';
import type { AnswerPart, PanelPart, ReportContent, ReportPart } from './report-part.js';
import { styleOf } from './units.js';

const barsMax = 20;
/** Beyond this bars become thinner than the gaps between them. */
const barPointsMax = 45;

/**
 * What becomes of which answer: a total is a tile, a series a chart and its table, a grouped total bars and their
 * table; anything else is a table. Tiles of all parts stand together, first. Every row is in a tile or in a table.
 */
export function layOutReport({ cover, branding, page, parts }: ReportContent): ReportDocument {
  const laidOut = parts.map(layOutPart);
  return {
    cover,
    branding,
    page,
    sections: [...gatherTiles(laidOut), ...laidOut.flatMap(({ sections }) => sections)],
    definitions: define(parts),
    provenance: provenanceOf(parts),
  };
}

interface LaidOut {
  readonly table: ReadTable;
  readonly tiles: readonly Tile[];
  readonly sections: readonly Section[];
}

function layOutPart(part: ReportPart): LaidOut {
  const table = readTable(part);
  const tiles = tilesOf(part, table);
  if (tiles.length > 0) return { table, tiles, sections: [] };
  const chart = chartOf(table);
  // A chart above has said the notices already.
  return { table, tiles, sections: [...chart, tableOf(table, chart.length > 0 ? [] : table.notices)] };
}

function gatherTiles(parts: readonly LaidOut[]): Section[] {
  const withTiles = parts.filter(({ tiles }) => tiles.length > 0);
  return (['computed', 'panel'] as const).flatMap((origin): Section[] => {
    const own = withTiles.filter(({ table }) => table.origin === origin);
    if (own.length === 0) return [];
    const notices = own.flatMap(({ table }) => table.notices);
    const tiles = own.flatMap((part) => part.tiles);
    return [{ kind: 'tiles', title: 'Key figures', notices, origin, tiles, ...comparedBy(own) }];
  });
}

/** Said once where it is the same for all. */
function comparedBy(parts: readonly { readonly table: ReadTable }[]): { comparedTo?: QueryRange } {
  const ranges = parts.flatMap(({ table }) => (table.comparedTo === undefined ? [] : [table.comparedTo]));
  const [first] = ranges;
  const isSame = ranges.every(({ from, to }) => from === first?.from && to === first.to);
  return first !== undefined && isSame ? { comparedTo: first } : {};
}

function tilesOf(part: ReportPart, table: ReadTable): readonly Tile[] {
  const [row] = table.rows;
  const isTotal = table.time === undefined && table.groups.length === 0 && table.values.length > 0;
  if (!isTotal || table.rows.length > 1) return [];
  if (part.kind === 'answer') return [tileOfAnswer(part, table)];
  return table.values.map((column) => ({
    title: titleOfPanelTile(table, column),
    unit: table.columns[column]?.unit,
    direction: 'neutral',
    value: numberOf(row?.[column]),
  }));
}

function titleOfPanelTile({ title, columns, values }: ReadTable, column: number): string {
  return values.length === 1 ? title : (columns[column]?.name ?? title);
}

function tileOfAnswer({ answer, target }: AnswerPart, table: ReadTable): Tile {
  const [row] = table.rows;
  const column = table.values[0] ?? 0;
  return {
    title: table.title,
    unit: answer.meta.unit,
    direction: answer.meta.direction,
    value: numberOf(row?.[column]),
    ...(table.previous !== undefined && { previous: numberOf(row?.[table.previous]) }),
    ...(target !== undefined && { target }),
  };
}

function chartOf(table: ReadTable): Section[] {
  const { time, title, notices, origin, interval } = table;
  const unit = table.columns[table.values[0] ?? -1]?.unit;
  if (table.rows.length === 0 || table.values.length === 0) return [];
  if (time === undefined) return barsOf(table);
  const { series, leftOut } = chooseSeries(table, time);
  // Axes around nothing would be a picture of nothing: the table says that there is no value.
  if (series.every(({ points }) => points.every(({ value }) => value === null))) return [];
  const fitsBars = series.length === 1 && styleOf(unit).adds && table.rows.length <= barPointsMax;
  const style = fitsBars && interval !== undefined ? 'bars' : 'line';
  const base = { title, notices, origin, unit, style, series, seriesLeftOut: leftOut } as const;
  return [
    { kind: 'series', ...base, ...(interval !== undefined && { interval }), ...comparedBy([{ table }]) },
  ];
}

/** One column of values: bars of two units side by side would compare what can't be compared. */
function barsOf(table: ReadTable): Section[] {
  const [column] = table.values;
  if (table.groups.length === 0 || table.values.length !== 1 || column === undefined) return [];
  const bars = table.rows.map((row): Bar => {
    const earlier = table.previous === undefined ? undefined : numberOf(row[table.previous]);
    return {
      name: table.groups.map((index) => groupName(row[index])).join(' / '),
      value: numberOf(row[column]),
      ...(earlier !== undefined && { previous: earlier }),
    };
  });
  const ranked = bars.toSorted((a, b) => rankOf(b) - rankOf(a));
  const { title, notices, origin } = table;
  const unit = table.columns[column]?.unit;
  const barsLeftOut = Math.max(0, bars.length - barsMax);
  const base = { title, notices, origin, unit, barsLeftOut, ...comparedBy([{ table }]) } as const;
  return [{ kind: 'bars', ...base, bars: ranked.slice(0, barsMax) }];
}

function rankOf({ value }: Bar): number {
  return value ?? Number.NEGATIVE_INFINITY;
}

function tableOf(table: ReadTable, notices: readonly Notice[]): Section {
  const { title, origin, columns, rows } = table;
  return { kind: 'table', title, notices, origin, columns, rows, controlTotals: controlTotalsOf(table) };
}

function controlTotalsOf({ columns, rows }: ReadTable): ControlTotal[] {
  const totals = createControlTotals(columns);
  for (const row of rows) totals.add(row);
  return totals.list();
}

function isAnswer(part: ReportPart): part is AnswerPart {
  return part.kind === 'answer';
}

/** One a metric, however often it was asked. */
function define(parts: readonly ReportPart[]): Definition[] {
  const byMetric = new Map<string, Definition>();
  for (const { answer } of parts.filter(isAnswer)) {
    const { metric, title, definition, unit, direction, source, asOf, completeUntil } = answer.meta;
    if (byMetric.has(metric)) continue;
    byMetric.set(metric, { title, text: definition, unit, direction, source, asOf, completeUntil });
  }
  return [...byMetric.values()];
}

function provenanceOf(parts: readonly ReportPart[]): Provenance {
  const metas = parts.filter(isAnswer).map(({ answer }) => answer.meta);
  const asOf = earliest(metas.map((meta) => meta.asOf));
  const completeUntil = earliest(metas.map((meta) => meta.completeUntil));
  return {
    ...(asOf !== undefined && { asOf }),
    ...(completeUntil !== undefined && { completeUntil }),
    queryHash: hashQuestions(parts.map((part) => (isAnswer(part) ? questionOf(part) : namesOf(part)))),
    hasPanelValues: parts.some((part) => !isAnswer(part)),
  };
}

/** What was asked, and of which definition. */
function questionOf({ answer, query }: AnswerPart): unknown {
  return { ...query, revision: answer.meta.revision };
}

function namesOf({ title, fields }: PanelPart): unknown {
  return { panel: title, fields: fields.map(({ name, type }) => ({ name, type })) };
}

function earliest(instants: readonly string[]): string | undefined {
  return instants.toSorted((a, b) => Date.parse(a) - Date.parse(b))[0];
}
