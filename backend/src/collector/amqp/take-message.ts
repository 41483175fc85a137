import type { IntakeMessage } from '../../messaging/rabbitmq/intake-consumer.js';
import type { DeadLetter, DeadLetterSink } from '../../platform/dead-letters.js';
import { AppError } from '../../platform/errors.js';
import type { Logger } from '../../platform/logger.js';
import type { Quotas } from '../../platform/quotas.js';
import type { Telemetry } from '../../platform/telemetry.js';
import type { Tenant } from '../../platform/tenancy.js';
import type { BodyBudget, BodyShare } from '../body-budget.js';
import type { Intake } from '../intake.js';
import type { RedactLetter } from '../redact-letter.js';
import { decodeKept, decodeMessage, type AmqpLimits, type DecodedMessage } from './decode-message.js';
import { summariseRejected, toIntakeLetter, type Refusal } from './intake-letter.js';

export interface MessageTakerOptions {
  readonly intake: Intake;
  readonly findTenant: (id: string) => Promise<Tenant | undefined>;
  readonly deadLetters: DeadLetterSink;
  /** The letter as it may be kept. */
  readonly redactLetter: RedactLetter;
  readonly quotas: Quotas;
  readonly limits: AmqpLimits;
  /** Shared with every other door of the process. */
  readonly bodies: BodyBudget;
  readonly logger: Logger;
  readonly telemetry: Pick<Telemetry, 'received' | 'dropped' | 'traces'>;
}

export interface MessageTaker {
  /**
   * Resolves once every event of the message is stored or in a dead letter. Rejects with a retryable `AppError` while
   * that can't be promised; taking it again changes nothing that is there.
   */
  take(message: IntakeMessage): Promise<void>;
  /** Makes a letter of a message that the broker gave up on. */
  putAside(message: IntakeMessage): Promise<void>;
}

const component = 'collector.amqp';
const userPrefix = 'ingest-';

export function createMessageTaker(options: MessageTakerOptions): MessageTaker {
  const { deadLetters, intake, limits, logger, telemetry } = options;

  async function keep(letter: DeadLetter): Promise<void> {
    const kept = await orTryAgain('control_unavailable', () => options.redactLetter(letter));
    await orTryAgain('dead_letters_unavailable', () => deadLetters.add(kept));
    const { code, messageId } = letter;
    telemetry.dropped.inc({ component, reason: code });
    logger.warn({ messageId, code, tenantId: letter.raw?.tenantId }, 'published events dead-lettered');
  }

  /** The tenant whose user published it, or why there is none. */
  async function findSender(userId: string | undefined): Promise<Tenant | Refusal> {
    if (userId?.startsWith(userPrefix) !== true) return userMissing;
    const tenantId = userId.slice(userPrefix.length);
    const tenant = await orTryAgain('control_unavailable', () => options.findTenant(tenantId));
    const reason = `The user ${JSON.stringify(userId.slice(0, 80))} belongs to no tenant: there is none of that id.`;
    return tenant ?? { code: 'tenant_unknown', reason };
  }

  /** Throws what is said of the message as a whole; a refusal is of some of its events. */
  async function accept(tenant: Tenant, decoded: DecodedMessage): Promise<Refusal | undefined> {
    const { candidates } = decoded;
    const { rejected } = await intake.accept(tenant, candidates);
    return summariseRejected(rejected, candidates.length);
  }

  async function takeFrom(sender: Tenant, message: IntakeMessage, share: BodyShare): Promise<void> {
    telemetry.traces.setTenant(sender.id);
    let kept: Pick<IntakeMessage, 'contentType' | 'body'> = message;
    let refusal: Refusal | undefined;
    try {
      const decoded = await decodeMessage(message, limits, share);
      kept = decoded.kept;
      await orTryAgain('control_unavailable', () =>
        options.quotas.require(sender.id, 'eventsPerDay', 'storedEvents'),
      );
      refusal = await accept(sender, decoded);
    } catch (error) {
      if (!(error instanceof AppError) || isAwaited(error)) throw error;
      refusal = { code: error.code, reason: error.message };
    }
    if (refusal !== undefined)
      await keep(toIntakeLetter({ ...message, ...kept }, { ...refusal, tenantId: sender.id }));
  }

  /** The message in the form in which it is kept: as it came, when it can't be read. */
  async function readKept(
    message: IntakeMessage,
    share: BodyShare,
  ): Promise<Pick<IntakeMessage, 'contentType' | 'body'>> {
    try {
      return (await decodeMessage(message, limits, share)).kept;
    } catch (error) {
      if (error instanceof AppError && error.retryable) throw error;
      return message;
    }
  }

  return {
    async take(message) {
      telemetry.received.inc({ component });
      const sender = await findSender(message.userId);
      if ('code' in sender) await keep(toIntakeLetter(message, sender));
      else await options.bodies.hold(sender.id, (share) => takeFrom(sender, message, share));
    },
    async putAside(message) {
      const sender = await findSender(message.userId);
      const reason = `It was delivered ${message.attempt} times and never taken in.`;
      const tenantId = 'code' in sender ? {} : { tenantId: sender.id };
      const refusal = { code: 'delivery_limit', reason, ...tenantId };
      await options.bodies.hold('code' in sender ? '' : sender.id, async (share) => {
        const kept = await readKept(message, share);
        await keep(toIntakeLetter({ ...message, ...kept }, refusal));
      });
    },
  };
}

/** To wait until the day is over would hold up all who publish to the same queue: the tenant finds a letter instead. */
function isAwaited({ code, retryable }: AppError): boolean {
  return retryable && code !== 'quota_exceeded';
}

const userMissing: Refusal = {
  code: 'user_missing',
  reason: `The property user-id must be the broker's user ${userPrefix}<tenant>, as which the message was published.`,
};

/**
 * Takes a letter of a producer through the checks again. Throws `AppError` with the reason when one of its events is
 * still refused: `tenant_unknown` when it is nobody's.
 */
export function createIntakeReplay(
  options: Pick<MessageTakerOptions, 'intake' | 'findTenant' | 'limits'>,
): (letter: DeadLetter) => Promise<void> {
  return async ({ raw }) => {
    const tenant = raw?.tenantId === undefined ? undefined : await options.findTenant(raw.tenantId);
    if (raw === undefined || tenant === undefined) {
      throw new AppError('tenant_unknown', 'The letter belongs to no tenant.', { status: 400 });
    }
    const candidates = decodeKept(raw, options.limits);
    const { rejected } = await options.intake.accept(tenant, candidates);
    const refusal = summariseRejected(rejected, candidates.length);
    if (refusal !== undefined) throw new AppError(refusal.code, refusal.reason, { status: 400 });
  };
}

async function orTryAgain<T>(code: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof AppError && cause.code === 'quota_exceeded') throw cause;
    throw new AppError(code, 'The message can not be dealt with now.', {
      status: 503,
      retryable: true,
      retryAfterSeconds: 2,
      cause,
    });
  }
}
