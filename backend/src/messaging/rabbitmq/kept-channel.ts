import type { ChannelModel, ConfirmChannel } from 'amqplib';
import type { Logger } from '../../platform/logger.js';
import { backOffMs, ignore, pause, reconnectBackOff } from './back-off.js';

/** Sets a channel up, each time it was opened. `lost` aborts when it is gone and with it every delivery of it. */
export type OpenChannel = (channel: ConfirmChannel, lost: AbortSignal) => Promise<void>;

/** A channel that comes back, with its connection or alone. */
export interface KeptChannel {
  /** Closes it; it opens again after a moment. Messages that were not acknowledged go back to their queue. */
  reopen(): Promise<void>;
  /** Closes it for good. */
  close(): Promise<void>;
}

export interface KeptChannelOptions {
  /** The open connection, as soon as there is one, or `undefined` when the signal aborts before. */
  readonly connected: (signal: AbortSignal) => Promise<ChannelModel | undefined>;
  readonly logger: Logger;
  readonly name: string;
  readonly open: OpenChannel;
}

export function keepChannel(options: KeptChannelOptions): KeptChannel {
  const { logger, name } = options;
  const stopping = new AbortController();
  let current: ConfirmChannel | undefined;

  /** Resolves when the channel is lost again. */
  async function openOnce(connection: ChannelModel): Promise<void> {
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
    current = channel;
    if (stopping.signal.aborted) await channel.close();
    else await options.open(channel, lost.signal);
    await gone;
  }

  async function closeCurrent(): Promise<void> {
    // It may be closed already, or its connection gone: then it is what we want.
    await current?.close().catch(ignore);
  }

  async function stayOpen(): Promise<void> {
    let failures = 0;
    for (;;) {
      const connection = await options.connected(stopping.signal);
      if (connection === undefined) return;
      try {
        await openOnce(connection);
        failures = 0;
      } catch (error) {
        failures += 1;
        if (!stopping.signal.aborted) logger.warn({ err: error, channel: name }, 'broker channel not opened');
        await closeCurrent();
      }
      await pause(backOffMs(failures, reconnectBackOff), stopping.signal);
    }
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
