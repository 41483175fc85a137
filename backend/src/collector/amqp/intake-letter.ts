import { createHash } from 'node:crypto';
import type { RejectedEvent } from '@coditect/contracts';
import type { DeadLetter } from '../../platform/dead-letters.js';
import type { KeptContent } from './decode-message.js';

/** What is known of a message that becomes a letter. */
export interface Published extends KeptContent {
  readonly userId: string | undefined;
  readonly messageId: string | undefined;
  readonly attempt: number;
}

export interface Refusal {
  readonly code: string;
  readonly reason: string;
  /** Absent where it is not known to be a tenant's. */
  readonly tenantId?: string;
}

/**
 * A message of a producer as a dead letter. The id is made of who sent what: a name that a producer gives may be given
 * by another one too, and one letter must never take another's place.
 */
export function toIntakeLetter(message: Published, { code, reason, tenantId }: Refusal): DeadLetter {
  const { contentType, body } = message;
  const hash = createHash('sha256');
  for (const part of [message.userId ?? '', message.messageId ?? '', contentType])
    hash.update(`${part.length}:${part}`);
  return {
    messageId: `intake-${hash.update(body).digest('hex').slice(0, 32)}`,
    origin: 'intake',
    code,
    reason,
    attempts: message.attempt,
    events: [],
    raw: { tenantId, contentType, body },
  };
}

const namedMax = 5;

/** One refusal for the refused events of a message: the code of the first, and what is wrong with the first few. */
export function summariseRejected(
  rejected: readonly RejectedEvent[],
  eventsCount: number,
): Refusal | undefined {
  const [first] = rejected;
  if (first === undefined) return undefined;
  const named = rejected
    .slice(0, namedMax)
    .map(
      ({ index, code, pointer, reason }) =>
        `event ${index}${pointer && ` at ${pointer}`}: ${code}, ${reason}`,
    );
  const more = rejected.length > namedMax ? ` And ${rejected.length - namedMax} more.` : '';
  const others = rejected.length < eventsCount ? '; the others are stored' : '';
  const reason = `${rejected.length} of ${eventsCount} refused${others}. ${named.join(' ')}${more}`;
  return { code: first.code, reason };
}
