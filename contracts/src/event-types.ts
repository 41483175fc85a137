import { z } from 'zod';
import { numberColumnMax } from './envelope.js';

/** Free-form names that become dimensions. Long enough for a path, short enough for an index. */
const nameSchema = z.string().max(256);
const durationSchema = z.number().min(0).max(numberColumnMax.durationMs);
const tokensSchema = z.number().int().min(0).max(numberColumnMax.tokensInput);

const outcomeSchema = z.enum(['succeeded', 'failed', 'timed_out', 'cancelled']);
export type Outcome = z.infer<typeof outcomeSchema>;

/** Fields that any event may carry. Unlisted fields are kept as attributes. */
const commonShape = {
  userId: nameSchema.optional(),
  sessionId: nameSchema.optional(),
  team: nameSchema.optional(),
  project: nameSchema.optional(),
  repository: nameSchema.optional(),
  agent: nameSchema.optional(),
  agentVersion: nameSchema.optional(),
  model: nameSchema.optional(),
  workflow: nameSchema.optional(),
  tool: nameSchema.optional(),
  language: nameSchema.optional(),
  kind: nameSchema.optional(),
  status: nameSchema.optional(),
  durationMs: durationSchema.optional(),
};

const tokenShape = {
  tokensInput: tokensSchema.optional(),
  tokensOutput: tokensSchema.optional(),
  tokensCacheRead: tokensSchema.optional(),
  tokensCacheCreation: tokensSchema.optional(),
  tokensReasoning: tokensSchema.optional(),
  costUsd: z.number().min(0).max(numberColumnMax.costUsd).optional(),
};

const common = z.looseObject(commonShape);
const withOutcome = z.looseObject({ ...commonShape, status: outcomeSchema });

/** The `data` of each known type. A type that is not here is kept whole and counted. */
export const eventDataSchemas = {
  'ai.coditect.ide.session.started.v1': common,
  'ai.coditect.ide.session.ended.v1': common,
  'ai.coditect.ide.suggestion.shown.v1': common,
  'ai.coditect.ide.suggestion.accepted.v1': common,
  'ai.coditect.ide.suggestion.rejected.v1': common,
  'ai.coditect.ide.command.executed.v1': common,
  'ai.coditect.agent.run.started.v1': common,
  'ai.coditect.agent.run.finished.v1': z.looseObject({
    ...commonShape,
    ...tokenShape,
    status: outcomeSchema,
  }),
  'ai.coditect.agent.model.called.v1': z.looseObject({ ...commonShape, ...tokenShape }),
  'ai.coditect.agent.tool.called.v1': z.looseObject({
    ...commonShape,
    tool: nameSchema.min(1),
    status: outcomeSchema,
  }),
  'ai.coditect.agent.tool.decided.v1': common,
  'ai.coditect.agent.prompt.submitted.v1': common,
  'ai.coditect.workflow.run.started.v1': common,
  'ai.coditect.workflow.run.finished.v1': withOutcome,
  'ai.coditect.workflow.step.finished.v1': withOutcome,
  'ai.coditect.workflow.change.merged.v1': common,
  'ai.coditect.workflow.change.reverted.v1': common,
  'ai.coditect.marketplace.agent.viewed.v1': common,
  'ai.coditect.marketplace.agent.installed.v1': common,
  'ai.coditect.marketplace.agent.uninstalled.v1': common,
  'ai.coditect.marketplace.agent.rated.v1': z.looseObject({
    ...commonShape,
    rating: z.number().min(0).max(5),
  }),
  'ai.coditect.licence.seat.purchased.v1': common,
  'ai.coditect.licence.seat.assigned.v1': common,
  'ai.coditect.licence.seat.released.v1': common,
  'ai.coditect.api.request.completed.v1': z.looseObject({
    ...commonShape,
    method: z.string().min(1).max(32),
    route: z.string().min(1).max(512),
    statusCode: z.int().min(100).max(numberColumnMax.statusCode),
    responseBytes: z.number().int().min(0).max(numberColumnMax.responseBytes).optional(),
  }),
} as const satisfies Record<string, z.ZodType>;
export type KnownEventType = keyof typeof eventDataSchemas;

export function isKnownEventType(type: string): type is KnownEventType {
  return Object.hasOwn(eventDataSchemas, type);
}
