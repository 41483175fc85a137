import { textColumns, type EventEnvelope } from '@coditect/contracts';
import type { CheckedEvent } from './check-event.js';
import type { EventColumns } from './check-data.js';
import { eventIdOf } from './event-id.js';
import type { FieldTreatment } from './personal-fields.js';
import { hideEmails, type Pseudonymise } from './pseudonyms.js';

export interface StampContext {
  readonly tenantId: string;
  /** Epoch milliseconds. */
  readonly receivedAt: number;
  /** Tells one event taken in several times from one that is carried several times. */
  readonly acceptance: number;
  readonly pseudonymise: Pseudonymise;
  readonly treatmentOf: (name: string) => FieldTreatment;
  /** Told of each attribute that is left out. */
  readonly onContentDropped: () => void;
}

/**
 * Makes the envelope: identity, tenant, times, and no person's name left in it. The identity is taken of `source` and
 * `id` as they were sent; addresses in them are hidden afterwards.
 */
export function stampEvent(event: CheckedEvent, context: StampContext): EventEnvelope {
  const { pseudonymise } = context;
  return {
    eventId: eventIdOf(context.tenantId, event.source, event.id),
    tenantId: context.tenantId,
    source: hideEmails(event.source, pseudonymise),
    id: hideEmails(event.id, pseudonymise),
    type: hideEmails(event.type, pseudonymise),
    ...(event.subject !== undefined && { subject: hideEmails(event.subject, pseudonymise) }),
    occurredAt: event.occurredAt ?? context.receivedAt,
    receivedAt: context.receivedAt,
    acceptance: context.acceptance,
    ...hidePerson(event.columns, pseudonymise),
    attributes: hideAttributes(event.attributes, context),
  };
}

function hidePerson(columns: EventColumns, pseudonymise: Pseudonymise): EventColumns {
  const hidden = { ...columns };
  for (const name of textColumns) {
    const text = hidden[name];
    if (text === undefined || text === '') continue;
    if (name === 'userId') hidden.userId = pseudonymise(text);
    else hidden[name] = hideEmails(text, pseudonymise);
  }
  return hidden;
}

function hideAttributes(
  attributes: Readonly<Record<string, string>>,
  context: StampContext,
): Record<string, string> {
  const hidden: Record<string, string> = {};
  for (const name in attributes) {
    const text = attributes[name] ?? '';
    const treatment = context.treatmentOf(name);
    if (treatment === 'drop') {
      context.onContentDropped();
      continue;
    }
    const isPersonal = treatment === 'pseudonymise' && text !== '';
    hidden[hideEmails(name, context.pseudonymise)] = isPersonal
      ? context.pseudonymise(text)
      : hideEmails(text, context.pseudonymise);
  }
  return hidden;
}
