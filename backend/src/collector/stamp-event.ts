import { numberColumns, textColumns, type EventEnvelope } from '@coditect/contracts';
import { maskText, type Redaction } from '../platform/redaction.js';
import { erasedText } from '../platform/subjects.js';
import type { CheckedEvent } from './check-event.js';
import type { EventColumns } from './check-data.js';
import { eventIdOf } from './event-id.js';
import type { FieldTreatment } from './personal-fields.js';
import { hideEmails, pseudonymiseOnce, type Pseudonymise } from './pseudonyms.js';
import { redactText, type HideText } from './redact-json.js';

export interface StampContext {
  readonly tenantId: string;
  /** Epoch milliseconds. */
  readonly receivedAt: number;
  /** Tells one event taken in several times from one that is carried several times. */
  readonly acceptance: number;
  readonly pseudonymise: Pseudonymise;
  readonly treatmentOf: (name: string) => FieldTreatment;
  /** Rules of the tenant. They go before what is done with everybody's fields. */
  readonly rules: Redaction;
  /** Told of each attribute, or value within one, that is left out. */
  readonly onDropped: (reason: 'content' | 'redacted') => void;
}

/**
 * Makes the envelope: identity, tenant, times, and no person's name left in it. The identity is taken of `source` and
 * `id` as they were sent; addresses in them are hidden afterwards.
 */
export function stampEvent(event: CheckedEvent, context: StampContext): EventEnvelope {
  const { pseudonymise } = context;
  const subject = event.subject === undefined ? undefined : hideText('subject', event.subject, context);
  return {
    eventId: eventIdOf(context.tenantId, event.source, event.id),
    tenantId: context.tenantId,
    source: hideText('source', event.source, context) ?? '',
    id: hideText('id', event.id, context) ?? '',
    type: hideEmails(event.type, pseudonymise),
    ...(subject !== undefined && { subject }),
    occurredAt: event.occurredAt ?? context.receivedAt,
    receivedAt: context.receivedAt,
    acceptance: context.acceptance,
    ...hidePerson(event.columns, context),
    attributes: hideAttributes(event.attributes, context),
  };
}

/** The text as it may be kept; `undefined` where a rule leaves it out. */
function hideText(name: string, text: string, { pseudonymise, rules }: StampContext): string | undefined {
  const action = rules.actionOf(name);
  if (action === undefined) return hideEmails(text, pseudonymise);
  if (action === 'drop') return undefined;
  return action === 'mask' ? maskText : pseudonymiseOnce(text, pseudonymise);
}

function hidePerson(columns: EventColumns, context: StampContext): EventColumns {
  const hidden = { ...columns };
  for (const name of textColumns) {
    const text = hidden[name];
    if (text === undefined || text === '') continue;
    const left = name === 'userId' ? hideUser(text, context) : hideText(name, text, context);
    if (left === undefined) delete hidden[name];
    else hidden[name] = left;
  }
  // A number has no other form than itself.
  for (const name of numberColumns) if (context.rules.actionOf(name) !== undefined) delete hidden[name];
  return hidden;
}

/** Of whom nothing is taken in is told by this column, whatever the rules. */
function hideUser(userId: string, { pseudonymise, rules }: StampContext): string | undefined {
  const pseudonym = pseudonymise(userId);
  return rules.actionOf('userId') === 'drop' && pseudonym !== erasedText ? undefined : pseudonym;
}

function hideAttributes(
  attributes: Readonly<Record<string, string>>,
  context: StampContext,
): Record<string, string> {
  const hidden: Record<string, string> = {};
  for (const name in attributes) {
    const text = hideAttribute(name, attributes[name] ?? '', context);
    if (text !== undefined) hidden[hideEmails(name, context.pseudonymise)] = text;
  }
  return hidden;
}

function hideAttribute(name: string, text: string, context: StampContext): string | undefined {
  const hide: HideText = (field, value) => hideField(field, value, context);
  const left = redactText(text, name, hide);
  return left === undefined ? undefined : hideEmails(left, context.pseudonymise);
}

function hideField(name: string, text: string, context: StampContext): string | undefined {
  const { pseudonymise } = context;
  const action = context.rules.actionOf(name);
  if (action === 'mask') return maskText;
  if (action === 'pseudonymise') return pseudonymiseOnce(text, pseudonymise);
  const treatment = context.treatmentOf(name);
  if (action === undefined && treatment === 'keep') return text;
  if (action === undefined && treatment === 'pseudonymise') return text === '' ? '' : pseudonymise(text);
  context.onDropped(action === undefined ? 'content' : 'redacted');
  return undefined;
}
