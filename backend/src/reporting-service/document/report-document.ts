import type { AnswerCell, Interval, Notice, QueryRange } from '@coditect/contracts';

/** Plain data, so that it can be stored, compared and handed to a worker. What draws it adds no number of its own. */
export interface ReportDocument {
  readonly cover: Cover;
  readonly branding: Branding;
  readonly page: PageSize;
  readonly sections: readonly Section[];
  readonly definitions: readonly Definition[];
  readonly provenance: Provenance;
}

export type PageSize = 'A4' | 'Letter';

export interface Cover {
  readonly tenant: string;
  readonly title: string;
  /** Absent for values of a panel whose period is not known. */
  readonly period?: QueryRange;
  /** IANA zone of every date and time in the report. */
  readonly timeZone: string;
  /** The only clock of the document: ISO-8601. Same document, same bytes. */
  readonly generatedAt: string;
}

export interface Branding {
  /** PNG or JPEG. A picture that can't be read is left out, and the report says so. */
  readonly logo?: Uint8Array;
  /** There is one that could spoil the report; the report says that it is missing. */
  readonly isLogoLeftOut?: boolean;
  /** `#rrggbb`; too light a colour is darkened until it can be read on white. */
  readonly colour?: string;
}

export type Direction = 'up' | 'down' | 'neutral';

/** A unit of the catalogue, or what a panel displays: Grafana's unit id or any suffix. `undefined` is a plain number. */
export type DisplayUnit = string | undefined;

export interface Tile {
  readonly title: string;
  readonly unit: DisplayUnit;
  readonly direction: Direction;
  readonly value: number | null;
  /** `undefined` where nothing was compared; `null` where the other period has no value. */
  readonly previous?: number | null;
  readonly target?: number;
}

export interface SeriesPoint {
  /** ISO-8601 UTC, the start of the bucket. */
  readonly time: string;
  readonly value: number | null;
}
export interface Series {
  readonly name: string;
  readonly points: readonly SeriesPoint[];
  /** The same series in the period compared with, laid over this one. */
  readonly isPrevious: boolean;
}

export interface Bar {
  readonly name: string;
  readonly value: number | null;
  readonly previous?: number | null;
}

export interface TableColumn {
  readonly name: string;
  readonly type: 'time' | 'string' | 'number';
  readonly unit: DisplayUnit;
  /** Width of the buckets that a time column names; without it a time is shown to the second. */
  readonly interval?: Interval;
  /** Numbers of a moment each, such as seats: they do not add up over time. */
  readonly isLevel?: true;
}

interface SectionBase {
  readonly title: string;
  readonly notices: readonly Notice[];
  /** `panel`: values as the panel displayed them, not recomputed. */
  readonly origin: 'computed' | 'panel';
  /** The period that the earlier values are of. */
  readonly comparedTo?: QueryRange;
}
export interface TilesSection extends SectionBase {
  readonly kind: 'tiles';
  readonly tiles: readonly Tile[];
}
export interface SeriesSection extends SectionBase {
  readonly kind: 'series';
  readonly unit: DisplayUnit;
  readonly style: 'line' | 'bars';
  readonly interval?: Interval;
  readonly series: readonly Series[];
  /** Series that are in the table only. */
  readonly seriesLeftOut: number;
}
export interface BarsSection extends SectionBase {
  readonly kind: 'bars';
  readonly unit: DisplayUnit;
  readonly bars: readonly Bar[];
  /** Groups that are in the table only. */
  readonly barsLeftOut: number;
}
export interface TableSection extends SectionBase {
  readonly kind: 'table';
  readonly columns: readonly TableColumn[];
  /** Every row; nothing is cut. */
  readonly rows: readonly (readonly AnswerCell[])[];
  readonly controlTotals: readonly ControlTotal[];
}
export type Section = TilesSection | SeriesSection | BarsSection | TableSection;

/** What proves that a file is whole: how many values a column of numbers has and what they sum up to. */
export interface ControlTotal {
  readonly column: string;
  readonly unit: DisplayUnit;
  readonly values: number;
  readonly sum: number;
}

export interface Definition {
  readonly title: string;
  readonly text: string;
  readonly unit: DisplayUnit;
  readonly direction: Direction;
  readonly source: readonly string[];
  readonly asOf: string;
  readonly completeUntil: string;
}

/** What stands at the foot of each page. The oldest reading and the earliest completeness speak for the whole. */
export interface Provenance {
  readonly asOf?: string;
  readonly completeUntil?: string;
  /** Of every question and every panel in the report: the same questions have the same hash. */
  readonly queryHash: string;
  readonly hasPanelValues: boolean;
}
