import type { EventEnvelope } from '@coditect/contracts';

/** Where a dead letter came to its end: on its way to a store, or at the door for AMQP producers. */
export const deadLetterOrigins = ['stream', 'batch', 'intake'] as const;
export type DeadLetterOrigin = (typeof deadLetterOrigins)[number];

/** A message given up on, kept whole with its reason. */
export interface DeadLetter {
  /** Of the message, and of this letter: the same message given up twice is one letter with a new reason. */
  readonly messageId: string;
  readonly origin: DeadLetterOrigin;
  /** Stable, such as `row_refused`, `delivery_limit`, `message_unreadable`. */
  readonly code: string;
  /** One sentence for a person. */
  readonly reason: string;
  /** How often it was delivered, as far as it is known. */
  readonly attempts: number;
  /** What it holds. Empty when it can't be read; `body` then is all there is. */
  readonly events: readonly EventEnvelope[];
  /** For what can't be read as events: the bytes as they came, and the tenant if it is known. */
  readonly raw?: {
    readonly tenantId: string | undefined;
    readonly contentType: string;
    readonly body: Buffer;
  };
}

/** Where messages go that are given up. Resolves when the letter is safe; only then may the message be forgotten. Safe to repeat. */
export interface DeadLetterSink {
  add(letter: DeadLetter): Promise<void>;
}
