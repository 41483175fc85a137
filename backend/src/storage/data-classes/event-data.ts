import {
  eventDataSchemas,
  eventEnvelopeSchema,
  numberColumns,
  textColumns,
  type NumberColumn,
  type TextColumn,
} from '@coditect/contracts';
import type { DataClass } from './data-class.js';

/** A field of an event, and what the door does with it. */
export interface EventFieldData {
  readonly class: DataClass;
  readonly atTheDoor: string;
}

const named: EventFieldData = {
  class: 'operational',
  atTheDoor: 'a column; e-mail addresses in it become pseudonyms',
};
const measured: EventFieldData = { class: 'operational', atTheDoor: 'a column, as it is' };
const ours: EventFieldData = {
  class: 'operational',
  atTheDoor: 'written by the door, never taken from outside',
};
const told: EventFieldData = {
  class: 'personal',
  atTheDoor: 'kept as it was sent; e-mail addresses in it become pseudonyms',
};

const columns: Readonly<Record<TextColumn | NumberColumn, EventFieldData>> = {
  userId: { class: 'identifier', atTheDoor: 'a column with the pseudonym; the id itself is not kept' },
  sessionId: { class: 'personal', atTheDoor: 'a column; e-mail addresses in it become pseudonyms' },
  team: named,
  project: named,
  repository: named,
  agent: named,
  agentVersion: named,
  model: named,
  workflow: named,
  tool: named,
  language: named,
  kind: named,
  status: named,
  method: named,
  route: named,
  durationMs: measured,
  tokensInput: measured,
  tokensOutput: measured,
  tokensCacheRead: measured,
  tokensCacheCreation: measured,
  tokensReasoning: measured,
  costUsd: measured,
  statusCode: measured,
  responseBytes: measured,
};

const others: Readonly<Record<string, EventFieldData>> = {
  eventId: { class: 'operational', atTheDoor: 'a hash of tenant, `source` and `id` as they were sent' },
  tenantId: ours,
  receivedAt: ours,
  acceptance: ours,
  occurredAt: { class: 'operational', atTheDoor: 'of `time`, as it is' },
  type: named,
  source: told,
  id: told,
  subject: told,
  attributes: {
    class: 'content',
    atTheDoor:
      'everything else, flattened to text: names of people become pseudonyms, content is left out, e-mail addresses become pseudonyms',
  },
  rating: { class: 'operational', atTheDoor: 'an attribute' },
};

export const eventData: Readonly<Record<string, EventFieldData>> = { ...others, ...columns };

/** Every field that the contracts know by name: of the envelope, and of the data of known types. */
export function listEventFields(): readonly string[] {
  const ofTypes = Object.values(eventDataSchemas).flatMap((schema) => Object.keys(schema.shape));
  return [
    ...new Set([...Object.keys(eventEnvelopeSchema.shape), ...textColumns, ...numberColumns, ...ofTypes]),
  ];
}
