import type { ChannelModel, ConfirmChannel } from 'amqplib';
import { createDeadline, isDoneBefore, type Deadline } from '../../platform/deadline.js';
import type { Logger } from '../../platform/logger.js';
import { backOffMs, ignore, pause, reconnectBackOff } from './back-off.js';

/** Sets a channel up, each time it was opened. `lost` aborts when it ends, by whomever, and with it every delivery of it. */
export type OpenChannel = (channel: ConfirmChannel, lost: AbortSignal) => Promise<void>;

/** A channel that comes back, with its connection or alone. */
export interface KeptChannel {
  /** Closes it; it opens again after a moment. Messages that were not acknowledged go back to their queue. */
  reopen(): Promise<void>;
  /** Closes it for good. A broker that does not answer is waited for until the deadline at most. */
  close(deadline?: Deadline): Promise<void>;
}

export interface KeptChannelOptions {
  /** The open connection, as soon as there is one, or `undefined` when the signal aborts before. */
  readonly connected: (signal: AbortSignal) => Promise<ChannelModel | undefined>;
  /** Ends the connection. */
  readonly cut: () => void;
  readonly logger: Logger;
  readonly name: string;
  readonly open: OpenChannel;
}

/** The broker may let a call wait for a minute and then fail it; a new connection is quicker. */
const openTimeoutMs = 15_000;
const closeTimeoutMs = 3_000;

export function keepChannel(options: KeptChannelOptions): KeptChannel {
  const { logger, name } = options;
  const stopping = new AbortController();
  let current: { readonly channel: ConfirmChannel; readonly lost: AbortController } | undefined;

  /** Resolves when the channel is open, with the promise of its loss. */
  async function openOnce(connection: ChannelModel): Promise<{ readonly gone: Promise<void> }> {
    const channel = await connection.createConfirmChannel();
    const lost = new AbortController();
    const gone = new Promise<void>((resolve) => {
      // Before the client's own listener, which fails every unconfirmed message: by this they are told from refused ones.
      channel.prependOnceListener('close', () => {
        lost.abort();
        resolve();
      });
    });
    channel.on('error', (error) => {
      logger.warn({ err: error, channel: name }, 'broker channel failed');
    });
    current = { channel, lost };
    if (stopping.signal.aborted) await closeCurrent();
    else await options.open(channel, lost.signal);
    return { gone };
  }

  async function openInTime(connection: ChannelModel): Promise<{ readonly gone: Promise<void> }> {
    const timer = setTimeout(() => {
      logger.warn({ channel: name }, 'broker channel stuck');
      options.cut();
    }, openTimeoutMs);
    try {
      return await openOnce(connection);
    } finally {
      clearTimeout(timer);
    }
  }

  async function closeCurrent(deadline = createDeadline(closeTimeoutMs)): Promise<void> {
    // Once it is asked to close, the broker may give its messages to somebody else before we hear of it.
    current?.lost.abort();
    // It may be closed already, or its connection gone: then it is what we want. A call to a closed channel throws.
    const closed = Promise.resolve(current)
      .then((one) => one?.channel.close())
      .catch(ignore);
    await isDoneBefore(deadline.atMost(closeTimeoutMs), closed);
  }

  async function stayOpen(): Promise<void> {
    let failures = 0;
    for (;;) {
      const connection = await options.connected(stopping.signal);
      if (connection === undefined) return;
      try {
        const { gone } = await openInTime(connection);
        failures = 0;
        await gone;
      } catch (error) {
        failures += 1;
        if (!stopping.signal.aborted) logger.warn({ err: error, channel: name }, 'broker channel not opened');
        await closeCurrent();
      }
      await pause(backOffMs(failures, reconnectBackOff), stopping.signal);
    }
  }

  void stayOpen();
  return {
    reopen: () => closeCurrent(),
    close(deadline) {
      stopping.abort();
      return closeCurrent(deadline);
    },
  };
}
