import type { MetricAnswer, MetricQuery } from '@coditect/contracts';
import type { Branding, Cover, PageSize } from './report-document.js';

/** What a report is made of, before it is laid out. */
export interface ReportContent {
  readonly cover: Cover;
  readonly branding: Branding;
  readonly page: PageSize;
  readonly parts: readonly ReportPart[];
}

export type ReportPart = AnswerPart | PanelPart;

/** An answer of ours, with the question that was asked. */
export interface AnswerPart {
  readonly kind: 'answer';
  /** The KPI's own title where none is given. */
  readonly title?: string;
  readonly query: MetricQuery;
  readonly answer: MetricAnswer;
  readonly target?: number;
  /** Its numbers are of a moment each: they do not add up over time. */
  readonly isLevel?: boolean;
}

/** A frame as the panel had it on the screen. Its numbers are nobody's but the panel's. */
export interface PanelPart {
  readonly kind: 'panel';
  readonly title: string;
  readonly fields: readonly PanelField[];
}

export interface PanelField {
  readonly name: string;
  /** Values of a `time` field are ISO-8601 or milliseconds of the epoch. */
  readonly type: 'time' | 'string' | 'number';
  /** As the panel displays it: a unit of the catalogue, Grafana's unit id, or any suffix. */
  readonly unit?: string;
  readonly values: readonly (string | number | boolean | null)[];
}
