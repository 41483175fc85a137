import { analysisKinds, type AnalysisAnswer, type AnalysisKind } from '@coditect/contracts';
import type { AskCached, Reply } from '../../metric-queries/cached-questions.js';
import { AppError } from '../../platform/errors.js';
import type { ReadMinGroupSize } from '../../platform/min-group-size.js';
import type { Tenant } from '../../platform/tenancy.js';
import { hideSmallParts, type HideOptions } from './hide-small-groups.js';
import type { AnalysisHandler, AnalysisHandlers, AnalysisPlan } from './analysis-handler.js';

export interface AnalysisRequest {
  /** As it stands in the address. */
  readonly kind: string;
  readonly body: Buffer;
  /** Wants what the store says now, whatever is kept. */
  readonly isFresh: boolean;
}

export interface Analyses {
  /**
   * An `AnalysisAnswer`. Throws `AppError` 404 `analysis_unknown`, 400 for a body that is no question, 422 for a question
   * that can't be answered.
   */
  answer(tenant: Tenant, request: AnalysisRequest, signal: AbortSignal): Promise<Reply>;
}

export interface AnalysesOptions {
  readonly handlers: AnalysisHandlers;
  readonly ask: AskCached;
  /** Fewest people of whom a part of a tenant is told. Without it everything is. */
  readonly readMinGroupSize?: ReadMinGroupSize | undefined;
  /** Epoch milliseconds: everything accepted that happened before is stored. */
  readonly watermark: () => number;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

export function createAnalyses({
  handlers,
  ask,
  readMinGroupSize,
  watermark,
  now,
}: AnalysesOptions): Analyses {
  async function answerPlan(
    analysis: AnalysisKind,
    title: string,
    plan: AnalysisPlan,
    hiding: Omit<HideOptions, 'analysis'>,
    signal: AbortSignal,
  ): Promise<AnalysisAnswer> {
    const moment = { asOfMs: now(), watermarkMs: watermark() };
    const result = hideSmallParts(await plan.run(moment, signal), { analysis, ...hiding });
    return {
      columns: result.columns,
      rows: result.rows,
      meta: {
        analysis,
        title,
        definition: result.definition ?? plan.definition,
        asOf: new Date(moment.asOfMs).toISOString(),
        completeUntil: new Date(result.completeUntilMs).toISOString(),
        source: [...result.sources],
        timeZone: plan.zone.name,
        notices: [...result.notices],
      },
    };
  }

  return {
    async answer(tenant, { kind: name, body, isFresh }, signal) {
      const { kind, handler } = getHandler(handlers, name);
      const asked = handler.parse(body);
      const { query } = asked;
      const minGroupSize = (await readMinGroupSize?.(tenant.id)) ?? 1;
      const question = {
        question: { analysis: kind, query, minGroupSize },
        untilMs: asked.untilMs,
        isFresh,
        isOfPeriods: true,
      };
      return ask(tenant, question, signal, () => {
        const plan = asked.plan({ tenant, nowMs: now() });
        return (limited) => answerPlan(kind, handler.title, plan, { query, minGroupSize }, limited);
      });
    },
  };
}

function getHandler(
  handlers: AnalysisHandlers,
  name: string,
): { readonly kind: AnalysisKind; readonly handler: AnalysisHandler } {
  const kind = analysisKinds.find((known) => known === name);
  const handler = kind === undefined ? undefined : handlers[kind];
  if (kind !== undefined && handler !== undefined) return { kind, handler };
  const known = analysisKinds.filter((each) => handlers[each] !== undefined);
  const reason = `There is no analysis of this name. There are: ${known.join(', ')}.`;
  throw new AppError('analysis_unknown', reason, { status: 404 });
}
