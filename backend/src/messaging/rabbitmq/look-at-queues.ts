import { connect, type ChannelModel, type ConfirmChannel } from 'amqplib';
import { readTls, toConnectError, type BrokerTls } from './broker-tls.js';
import { replyCodeOf } from './topology.js';

const notFound = 404;

/** A queue as the broker has it. */
export interface QueueState {
  readonly name: string;
  readonly messages: number;
  readonly consumers: number;
}

export interface BrokerAddress {
  readonly url: string;
  readonly tls?: BrokerTls;
}

/** A connection for this work alone. */
export async function withBroker<T>(
  { tls, url }: BrokerAddress,
  work: (connection: ChannelModel) => Promise<T>,
): Promise<T> {
  const connection = await connect(url, await readTls(tls)).catch((error: unknown) => {
    throw toConnectError(error);
  });
  // What is under way then rejects.
  connection.on('error', () => undefined);
  try {
    return await work(connection);
  } finally {
    // Closed already where the broker ended it.
    await connection.close().catch(() => undefined);
  }
}

/** Those that are there. */
export async function lookAtQueues(
  connection: ChannelModel,
  names: readonly string[],
): Promise<readonly QueueState[]> {
  const states: QueueState[] = [];
  for (const name of new Set(names)) {
    const state = await findQueue(await connection.createConfirmChannel(), name);
    if (state !== undefined) states.push(state);
  }
  return states;
}

/** A channel ends with the answer that there is no such queue, so each question has its own. */
async function findQueue(channel: ConfirmChannel, name: string): Promise<QueueState | undefined> {
  // The answer rejects below as well.
  channel.on('error', () => undefined);
  try {
    const { messageCount, consumerCount } = await channel.checkQueue(name);
    await channel.close();
    return { name, messages: messageCount, consumers: consumerCount };
  } catch (error) {
    if (replyCodeOf(error) === notFound) return undefined;
    throw error;
  }
}
