import { z } from 'zod';

/** Text columns of a stored event. Absent is the empty string. */
export const textColumns = [
  'userId',
  'sessionId',
  'team',
  'project',
  'repository',
  'agent',
  'agentVersion',
  'model',
  'workflow',
  'tool',
  'language',
  'kind',
  'status',
  'method',
  'route',
] as const;

/** Number columns of a stored event. Absent is null. Durations in milliseconds, cost in US dollars. */
export const numberColumns = [
  'durationMs',
  'tokensInput',
  'tokensOutput',
  'tokensCacheRead',
  'tokensCacheCreation',
  'tokensReasoning',
  'costUsd',
  'statusCode',
  'responseBytes',
] as const;

/**
 * The greatest value of each number. Far above anything real, and low enough that a row always fits its columns and a
 * sum of millions of such rows still fits 64 bits: one event must never spoil the insert, or the sums, of others.
 */
export const numberColumnMax = {
  durationMs: 1e12,
  tokensInput: 1e12,
  tokensOutput: 1e12,
  tokensCacheRead: 1e12,
  tokensCacheCreation: 1e12,
  tokensReasoning: 1e12,
  costUsd: 1e8,
  statusCode: 599,
  responseBytes: 1e12,
} as const satisfies Record<(typeof numberColumns)[number], number>;

export type TextColumn = (typeof textColumns)[number];
export type NumberColumn = (typeof numberColumns)[number];

const textColumnShape = Object.fromEntries(
  textColumns.map((name) => [name, z.string().optional()]),
) as Record<TextColumn, z.ZodOptional<z.ZodString>>;
const numberColumnShape = Object.fromEntries(
  numberColumns.map((name) => [name, z.number().optional()]),
) as Record<NumberColumn, z.ZodOptional<z.ZodNumber>>;

/**
 * One event with its wrapper, as it travels on the event bus: checked, stamped with its tenant, user pseudonymised.
 * Identity is `eventId`, a 128-bit hash of (tenant, source, id), written as a UUID. Times are epoch milliseconds.
 */
export const eventEnvelopeSchema = z.object({
  eventId: z.string().length(36),
  tenantId: z.string().min(1),
  source: z.string(),
  id: z.string(),
  type: z.string(),
  subject: z.string().optional(),
  /** Event time, from the producer. */
  occurredAt: z.int(),
  /** Ingest time, ours. */
  receivedAt: z.int(),
  /**
   * A number drawn for each time that the event was taken in, of 32 bits and never 0. The same event with another one came
   * again; with the same one it was only carried again. Absent from events that were taken in before there was one.
   */
  acceptance: z.int().min(1).max(0xffff_ffff).optional(),
  ...textColumnShape,
  ...numberColumnShape,
  /** Whatever has no column of its own, flattened to text. */
  attributes: z.record(z.string(), z.string()),
});
export type EventEnvelope = z.infer<typeof eventEnvelopeSchema>;
