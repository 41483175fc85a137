import { connect, type ChannelModel, type ConfirmChannel } from 'amqplib';
import { AppError } from '../../platform/errors.js';
import type { Logger } from '../../platform/logger.js';
import { aborted, atMost, backOffMs, pause } from './back-off.js';

/** Sets a channel up, each time it was opened. `lost` aborts when it is gone and with it every delivery of it. */
export type OpenChannel = (channel: ConfirmChannel, lost: AbortSignal) => Promise<void>;

/** A channel that comes back, with its connection or alone. */
export interface KeptChannel {
  /** Closes it; it opens again after a moment. Messages that were not acknowledged go back to their queue. */
  reopen(): Promise<void>;
  /** Closes it for good. */
  close(): Promise<void>;
}

/** A connection that comes back by itself, and so do its channels. */
export interface BrokerConnection {
  /** Connected, and the broker takes what is published. */
  readonly isReady: boolean;
  /** The broker is short of memory or disk and reads nothing from us. */
  readonly isBlocked: boolean;
  /** Resolves when connected. Rejects at once with what no waiting can change, or with `bus_unavailable` when the time is up. */
  waitUntilConnected(timeoutMs: number): Promise<void>;
  keepChannel(name: string, open: OpenChannel): KeptChannel;
  /** Called each time the broker begins to refuse what is published. */
  onBlocked(listener: (reason: string) => void): void;
  /** Closes every channel, then the connection. Resolves within a few seconds whatever the broker does. */
  close(): Promise<void>;
}

export interface BrokerConnectionOptions {
  readonly url: string;
  readonly name: string;
  readonly logger: Logger;
  /** Called after each connect, before any channel is opened: the place to declare queues. */
  readonly prepare?: (channel: ConfirmChannel) => Promise<void>;
}

const heartbeatSeconds = 10;
const connectTimeoutMs = 10_000;
const closeTimeoutMs = 3_000;
const reconnectBackOff = { firstMs: 100, mostMs: 10_000 };

export function createBrokerConnection(options: BrokerConnectionOptions): BrokerConnection {
  const { logger } = options;
  const closing = new AbortController();
  const kept = new Set<KeptChannel>();
  const blockedListeners: ((reason: string) => void)[] = [];
  let model: ChannelModel | undefined;
  let isBlocked = false;
  let lastError: unknown;
  let change = createChange();

  function announce(): void {
    const before = change;
    change = createChange();
    before.happen();
  }

  /** Resolves when the connection is lost again. */
  async function connectOnce(): Promise<void> {
    const opened = await connect(withHeartbeat(options.url), {
      noDelay: true,
      keepAlive: true,
      timeout: connectTimeoutMs,
      clientProperties: { connection_name: options.name },
    });
    const lost = new Promise<void>((resolve) => {
      opened.once('close', resolve);
    });
    opened.on('error', (error) => {
      logger.warn({ err: error, connection: options.name }, 'broker connection failed');
    });
    opened.on('blocked', (reason) => {
      isBlocked = true;
      logger.warn({ connection: options.name, reason }, 'broker takes no messages');
      for (const listener of blockedListeners) listener(reason);
    });
    opened.on('unblocked', () => {
      isBlocked = false;
      logger.info({ connection: options.name }, 'broker takes messages again');
    });
    try {
      await prepareOn(opened);
    } catch (error) {
      await atMost(closeTimeoutMs, opened.close().catch(ignore));
      throw error;
    }
    model = opened;
    lastError = undefined;
    announce();
    logger.info({ connection: options.name }, 'broker connected');
    await lost;
    model = undefined;
    isBlocked = false;
  }

  async function prepareOn(opened: ChannelModel): Promise<void> {
    if (options.prepare === undefined) return;
    const channel = await opened.createConfirmChannel();
    channel.on('error', ignore);
    await options.prepare(channel);
    await channel.close();
  }

  async function stayConnected(): Promise<void> {
    let failures = 0;
    while (!closing.signal.aborted) {
      try {
        await connectOnce();
        failures = 0;
      } catch (error) {
        lastError = error;
        failures += 1;
        logger.warn({ err: error, connection: options.name }, 'broker not reached');
      }
      announce();
      await pause(backOffMs(failures, reconnectBackOff), closing.signal);
    }
  }

  /** The open connection, or `undefined` when the signal aborts first. */
  async function connected(signal: AbortSignal): Promise<ChannelModel | undefined> {
    const stopped = aborted(signal);
    while (model === undefined && !signal.aborted) await Promise.race([change.happened, stopped]);
    return signal.aborted ? undefined : model;
  }

  const running = stayConnected();

  return {
    get isReady() {
      return model !== undefined && !isBlocked;
    },
    get isBlocked() {
      return isBlocked;
    },
    onBlocked(listener) {
      blockedListeners.push(listener);
    },
    async waitUntilConnected(timeoutMs) {
      const deadline = AbortSignal.timeout(timeoutMs);
      const over = aborted(deadline);
      while (model === undefined && !deadline.aborted) {
        if (isPermanent(lastError)) throw lastError;
        await Promise.race([change.happened, over]);
      }
      if (model === undefined) throw unavailable(lastError);
    },
    keepChannel(name, open) {
      const channel = keepChannel({ connected, logger, name, open });
      kept.add(channel);
      return channel;
    },
    async close() {
      closing.abort();
      await atMost(closeTimeoutMs, Promise.all([...kept].map((channel) => channel.close())));
      await atMost(closeTimeoutMs, model?.close().catch(ignore) ?? Promise.resolve());
      await atMost(closeTimeoutMs, running);
    },
  };
}

function keepChannel(context: {
  connected: (signal: AbortSignal) => Promise<ChannelModel | undefined>;
  logger: Logger;
  name: string;
  open: OpenChannel;
}): KeptChannel {
  const stopping = new AbortController();
  let current: ConfirmChannel | undefined;

  async function openOnce(connection: ChannelModel): Promise<void> {
    const channel = await connection.createConfirmChannel();
    const lost = new AbortController();
    const gone = new Promise<void>((resolve) => {
      // Before the client's own listener, which fails every unconfirmed message: they are told apart from refused ones by this.
      channel.prependOnceListener('close', () => {
        lost.abort();
        resolve();
      });
    });
    channel.on('error', (error) => {
      context.logger.warn({ err: error, channel: context.name }, 'broker channel failed');
    });
    current = channel;
    if (stopping.signal.aborted) await channel.close();
    else await context.open(channel, lost.signal);
    await gone;
  }

  async function stayOpen(): Promise<void> {
    let failures = 0;
    for (;;) {
      const connection = await context.connected(stopping.signal);
      if (connection === undefined) return;
      try {
        await openOnce(connection);
        failures = 0;
      } catch (error) {
        failures += 1;
        context.logger.warn({ err: error, channel: context.name }, 'broker channel not opened');
        await closeCurrent();
      }
      await pause(backOffMs(failures, reconnectBackOff), stopping.signal);
    }
  }

  async function closeCurrent(): Promise<void> {
    // It may be closed already, or its connection gone: then it is what we want.
    await current?.close().catch(ignore);
  }

  const running = stayOpen();
  return {
    reopen: closeCurrent,
    async close() {
      stopping.abort();
      await closeCurrent();
      await running;
    },
  };
}

function createChange(): { readonly happened: Promise<void>; happen: () => void } {
  let happen = ignore;
  const happened = new Promise<void>((resolve) => {
    happen = resolve;
  });
  return { happened, happen };
}

function ignore(): void {
  // Where the outcome makes no difference.
}

/** No waiting makes another topology or password right. */
function isPermanent(error: unknown): boolean {
  return error instanceof AppError && !error.retryable;
}

function unavailable(cause: unknown): AppError {
  return new AppError('bus_unavailable', 'The message broker is not reached.', {
    status: 503,
    retryable: true,
    retryAfterSeconds: 5,
    cause,
  });
}

function withHeartbeat(url: string): string {
  const address = new URL(url);
  if (!address.searchParams.has('heartbeat')) address.searchParams.set('heartbeat', `${heartbeatSeconds}`);
  return address.href;
}
