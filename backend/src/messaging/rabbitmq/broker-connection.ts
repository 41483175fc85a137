import { connect, type ChannelModel, type ConfirmChannel } from 'amqplib';
import { createDeadline, isDoneBefore, type Deadline } from '../../platform/deadline.js';
import { AppError } from '../../platform/errors.js';
import type { Logger } from '../../platform/logger.js';
import { aborted, backOffMs, createChange, ignore, pause, reconnectBackOff } from './back-off.js';
import { readTls, toConnectError, type BrokerTls } from './broker-tls.js';
import { keepChannel, type KeptChannel, type OpenChannel } from './kept-channel.js';

/** A connection that comes back by itself, and so do its channels. */
export interface BrokerConnection {
  /** Connected, and the broker takes what is published. */
  readonly isReady: boolean;
  /** The broker is short of memory or disk and reads nothing from us. */
  readonly isBlocked: boolean;
  /** Resolves when connected. Rejects at once with what no waiting can change, or with `bus_unavailable` when the time is up. */
  waitUntilConnected(timeoutMs: number): Promise<void>;
  /** The channel is opened now if there is a connection, and anew whenever it or the connection was lost. */
  keepChannel(name: string, open: OpenChannel): KeptChannel;
  /** Called each time the broker begins to refuse what is published. */
  onBlocked(listener: () => void): void;
  /** Ends the connection and every channel of it. A broker that does not agree by the deadline is not asked any more. */
  close(deadline?: Deadline): Promise<void>;
}

export interface BrokerConnectionOptions {
  /** `amqps://` for TLS. */
  readonly url: string;
  readonly tls?: BrokerTls | undefined;
  /** What an operator of the broker sees. */
  readonly name: string;
  readonly logger: Logger;
  /** Called after each connect, before any channel is opened: the place to declare queues. */
  readonly prepare?: (channel: ConfirmChannel) => Promise<void>;
}

const heartbeatSeconds = 10;
/** What the broker asks for when the client leaves it to it. */
const heartbeatSecondsOfBroker = 60;
const connectTimeoutMs = 10_000;
const closeTimeoutMs = 3_000;
/** Of the time to close, for the broker to agree. */
const agreeingShare = 0.75;

export function createBrokerConnection(options: BrokerConnectionOptions): BrokerConnection {
  const { logger, name } = options;
  const closing = new AbortController();
  const kept: KeptChannel[] = [];
  const blockedListeners: (() => void)[] = [];
  let link: Link | undefined;
  let lastError: unknown;
  let change = createChange();

  function announce(): void {
    const before = change;
    change = createChange();
    before.happen();
  }

  async function stayConnected(): Promise<void> {
    let failures = 0;
    while (!closing.signal.aborted) {
      try {
        link = await openLink(options, blockedListeners, closing.signal);
        failures = 0;
        // Closed while it was under way: nobody else would end it.
        if (closing.signal.aborted) link.cut();
        logger.info({ connection: name }, 'broker connected');
        announce();
        await link.lost;
      } catch (error) {
        lastError = error;
        failures += 1;
        logger.warn({ err: error, connection: name }, 'broker not reached');
      }
      link = undefined;
      announce();
      await pause(backOffMs(failures, reconnectBackOff), closing.signal);
    }
  }

  async function connected(signal: AbortSignal): Promise<ChannelModel | undefined> {
    const over = aborted(signal);
    while (link === undefined && !signal.aborted) await Promise.race([change.happened, over]);
    return signal.aborted ? undefined : link?.model;
  }

  const cut = (): void => link?.cut();
  const running = stayConnected();

  return {
    get isReady() {
      return link !== undefined && !link.isBlocked();
    },
    get isBlocked() {
      return link?.isBlocked() ?? false;
    },
    onBlocked(listener) {
      blockedListeners.push(listener);
    },
    async waitUntilConnected(timeoutMs) {
      const deadline = AbortSignal.timeout(timeoutMs);
      const over = aborted(deadline);
      while (link === undefined) {
        if (isPermanent(lastError)) throw lastError;
        if (deadline.aborted) throw notReached(lastError);
        await Promise.race([change.happened, over]);
      }
    },
    keepChannel(channelName, open) {
      const channel = keepChannel({ connected, cut, logger, name: channelName, open });
      kept.push(channel);
      return channel;
    },
    async close(deadline = createDeadline(closeTimeoutMs)) {
      closing.abort();
      // Not waited for: they end with the connection.
      for (const channel of kept) void channel.close(deadline);
      await link?.close(deadline.share(agreeingShare));
      await isDoneBefore(deadline, running);
    },
  };
}

/** One connection, from its opening to its loss. */
interface Link {
  readonly model: ChannelModel;
  readonly isBlocked: () => boolean;
  readonly lost: Promise<void>;
  /** Ends it at once. */
  readonly cut: () => void;
  /** Ends it in agreement with the broker, or at the deadline. */
  readonly close: (deadline: Deadline) => Promise<void>;
}

/** `closing` ends it while it is being opened: a broker that is silent would take its time. */
async function openLink(
  options: BrokerConnectionOptions,
  onBlocked: readonly (() => void)[],
  closing: AbortSignal,
): Promise<Link> {
  const cutting = new AbortController();
  const cut = (): void => {
    cutting.abort();
  };
  closing.addEventListener('abort', cut);
  try {
    const model = await connectTo(options, cutting.signal);
    const link = watchLink(model, cut, options, onBlocked);
    await prepareOn(link, options.prepare);
    return link;
  } finally {
    closing.removeEventListener('abort', cut);
  }
}

async function connectTo(
  { name, tls, url }: BrokerConnectionOptions,
  signal: AbortSignal,
): Promise<ChannelModel> {
  const socketOptions = {
    ...(await readTls(tls)),
    noDelay: true,
    keepAlive: true,
    timeout: connectTimeoutMs,
    clientProperties: { connection_name: name },
    // The client closes a socket only in agreement with the broker: one that is paused or stuck would hold it for ever.
    signal,
  };
  return connect(withHeartbeat(url), socketOptions).catch((error: unknown) => {
    throw toConnectError(error);
  });
}

function watchLink(
  model: ChannelModel,
  cut: () => void,
  { logger, name }: BrokerConnectionOptions,
  onBlocked: readonly (() => void)[],
): Link {
  let isBlocked = false;
  const lost = new Promise<void>((resolve) => {
    model.once('close', () => {
      resolve();
    });
  });
  model.on('error', (error) => {
    logger.warn({ err: error, connection: name }, 'broker connection failed');
  });
  model.on('blocked', (reason) => {
    isBlocked = true;
    logger.warn({ connection: name, reason }, 'broker takes no messages');
    for (const listener of onBlocked) listener();
  });
  model.on('unblocked', () => {
    isBlocked = false;
    logger.info({ connection: name }, 'broker takes messages again');
  });
  return {
    model,
    isBlocked: () => isBlocked,
    lost,
    cut,
    async close(deadline) {
      await isDoneBefore(deadline, model.close().catch(ignore));
      cut();
    },
  };
}

/** Closes the link when it fails. */
async function prepareOn(link: Link, prepare: BrokerConnectionOptions['prepare']): Promise<void> {
  if (prepare === undefined) return;
  try {
    const channel = await link.model.createConfirmChannel();
    // Its failure is that of the call that caused it.
    channel.on('error', ignore);
    await prepare(channel);
    await channel.close();
  } catch (error) {
    await link.close(createDeadline(closeTimeoutMs));
    throw error;
  }
}

/** No waiting makes another topology right. */
function isPermanent(error: unknown): boolean {
  return error instanceof AppError && !error.retryable;
}

export function busUnavailable(reason: string, cause?: unknown): AppError {
  return new AppError('bus_unavailable', reason, {
    status: 503,
    retryable: true,
    retryAfterSeconds: 5,
    cause,
  });
}

export function notReached(cause: unknown): AppError {
  return busUnavailable('The message broker is not reached.', cause);
}

/** Silence of three heartbeats at most, and one side or the other gives the connection up. */
export function heartbeatSecondsOf(url: string): number {
  return Number(new URL(withHeartbeat(url)).searchParams.get('heartbeat')) || heartbeatSecondsOfBroker;
}

function withHeartbeat(url: string): string {
  const address = new URL(url);
  if (!address.searchParams.has('heartbeat')) address.searchParams.set('heartbeat', `${heartbeatSeconds}`);
  return address.href;
}
