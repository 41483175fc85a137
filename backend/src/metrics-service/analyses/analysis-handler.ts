import type { AnalysisKind, AnswerCell, AnswerColumn, Notice } from '@coditect/contracts';
import type { z } from 'zod';
import type { Zone } from '../../metric-queries/time/zone.js';
import { parseJsonBody } from '../../platform/http-requests.js';
import type { Tenant } from '../../platform/tenancy.js';

export interface Asker {
  readonly tenant: Tenant;
  readonly nowMs: number;
}

/** Taken before the store is read, so that neither promises more than the numbers hold. Epoch milliseconds. */
export interface Moment {
  readonly asOfMs: number;
  /** Everything that was accepted and happened before this instant is stored. */
  readonly watermarkMs: number;
}

export interface AnalysisResult {
  readonly columns: AnswerColumn[];
  readonly rows: AnswerCell[][];
  readonly completeUntilMs: number;
  /** Tables that answered. */
  readonly sources: readonly string[];
  readonly notices: readonly Notice[];
  /** Where the answer knows better than the question what was counted. */
  readonly definition?: string;
}

/** A question that can be answered, and how. */
export interface AnalysisPlan {
  /** One sentence, made from the question, for the person who looks at the numbers. */
  readonly definition: string;
  readonly zone: Zone;
  run(moment: Moment, signal: AbortSignal): Promise<AnalysisResult>;
}

export interface AskedAnalysis {
  /** The question whole: equal ones of a tenant get one answer. */
  readonly query: unknown;
  /** The last instant whose events the answer can hold, epoch milliseconds. */
  readonly untilMs: number;
  /** Throws `AppError` 422 with the field and the limit for whatever can't be answered. */
  plan(asker: Asker): AnalysisPlan;
}

/** One kind of analysis. */
export interface AnalysisHandler {
  readonly title: string;
  /** Throws 400 `body_not_json` or `body_invalid` with the pointer of the first mistake. */
  parse(body: Buffer): AskedAnalysis;
}

const dayMs = 86_400_000;
const periodDaysMax = { '1d': 1, '1w': 7, '1M': 31 } as const;

/** How far a period that a range touches may go on after its end. The hour is for clocks that go back. */
export function reachOfPeriod(interval: keyof typeof periodDaysMax): number {
  return periodDaysMax[interval] * dayMs + 3_600_000;
}

/** Those that the service answers. A kind is added by putting its handler in here. */
export type AnalysisHandlers = Readonly<Partial<Record<AnalysisKind, AnalysisHandler>>>;

export function defineAnalysis<Query extends { readonly range: { readonly to: string } }>(analysis: {
  readonly title: string;
  readonly schema: z.ZodType<Query>;
  readonly plan: (query: Query, asker: Asker) => AnalysisPlan;
  /** How long after the range events can still change the answer. */
  readonly reachMs?: (query: Query) => number;
}): AnalysisHandler {
  return {
    title: analysis.title,
    parse(body) {
      const query = parseJsonBody(analysis.schema, body);
      return {
        query,
        untilMs: Date.parse(query.range.to) + (analysis.reachMs?.(query) ?? 0),
        plan: (asker) => analysis.plan(query, asker),
      };
    },
  };
}
