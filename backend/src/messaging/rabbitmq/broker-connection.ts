import { connect, type ChannelModel, type ConfirmChannel } from 'amqplib';
import { AppError } from '../../platform/errors.js';
import type { Logger } from '../../platform/logger.js';
import { aborted, atMost, backOffMs, createChange, ignore, pause, reconnectBackOff } from './back-off.js';
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
  /** Closes every channel, then the connection. Resolves within a few seconds whatever the broker does. */
  close(): Promise<void>;
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
        link = await openLink(options, blockedListeners);
        failures = 0;
        // Closed while it was under way: nobody else would end it.
        if (closing.signal.aborted) await link.close();
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
    async close() {
      closing.abort();
      await atMost(closeTimeoutMs, Promise.all(kept.map((channel) => channel.close())));
      await link?.close();
      await atMost(closeTimeoutMs, running);
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
  readonly close: () => Promise<void>;
}

async function openLink(options: BrokerConnectionOptions, onBlocked: readonly (() => void)[]): Promise<Link> {
  const { logger, name } = options;
  let isBlocked = false;
  const cutting = new AbortController();
  const socketOptions = {
    ...(await readTls(options.tls)),
    noDelay: true,
    keepAlive: true,
    timeout: connectTimeoutMs,
    clientProperties: { connection_name: name },
    // The client closes a socket only in agreement with the broker: one that is paused or stuck would hold it for ever.
    signal: cutting.signal,
  };
  const model = await connect(withHeartbeat(options.url), socketOptions).catch((error: unknown) => {
    throw toConnectError(error);
  });
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
  const cut = (): void => {
    cutting.abort();
  };
  const close = async (): Promise<void> => {
    await atMost(closeTimeoutMs, model.close().catch(ignore));
    cut();
  };
  try {
    await prepareOn(model, options.prepare);
  } catch (error) {
    await close();
    throw error;
  }
  return { model, isBlocked: () => isBlocked, lost, cut, close };
}

async function prepareOn(model: ChannelModel, prepare: BrokerConnectionOptions['prepare']): Promise<void> {
  if (prepare === undefined) return;
  const channel = await model.createConfirmChannel();
  // Its failure is that of the call that caused it.
  channel.on('error', ignore);
  await prepare(channel);
  await channel.close();
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
