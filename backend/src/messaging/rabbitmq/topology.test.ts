import {
  deadLettersQueue,
  eventsQueue,
  joinedQueueOptions,
  insertsQueue,
  partitionKey,
  partitionQueueOptions,
  partitionsOf,
  storeQueue,
} from './topology.js';

describe('topology', () => {
  const partition = { index: 1, count: 4 };

  it('names queues by room, subject, version and partition', () => {
    expect(partitionKey(partition)).toBe('p1of4');
    expect(eventsQueue('stream', partition)).toBe('stream-processor.events.v1.p1of4');
    expect(eventsQueue('batch', partition)).toBe('batch-processor.events.v1.p1of4');
    expect(insertsQueue(partition)).toBe('stream-processor.inserts.v1.p1of4');
    expect(deadLettersQueue('stream')).toBe('stream-processor.events.v1.dlq');
  });

  it('stores the stream from its journal, and the batch from what the collectors sent', () => {
    expect(storeQueue('stream', partition)).toBe(insertsQueue(partition));
    expect(storeQueue('batch', partition)).toBe(eventsQueue('batch', partition));
  });

  it('counts partitions from nought', () => {
    expect(partitionsOf(3).map(partitionKey)).toEqual(['p0of3', 'p1of3', 'p2of3']);
  });

  // Changing one of these makes every running broker refuse the new version: it needs a new version of the queues.
  it('keeps the arguments that queues on running brokers have', () => {
    expect(partitionQueueOptions('batch', { queueBytesMax: 1_000, deliveryLimit: 7 })).toEqual({
      durable: true,
      arguments: {
        'x-queue-type': 'quorum',
        'x-single-active-consumer': true,
        'x-overflow': 'reject-publish',
        'x-max-length-bytes': 1_000,
        'x-delivery-limit': 7,
        'x-dead-letter-exchange': 'coditect.dead-letters.v1',
        'x-dead-letter-routing-key': 'batch',
        'x-dead-letter-strategy': 'at-least-once',
      },
    });
  });

  it('gives up what is stored, never what is joined', () => {
    const limits = { queueBytesMax: 1_000, deliveryLimit: 7 };
    const bounds = { 'x-overflow': 'reject-publish', 'x-max-length-bytes': 1_000 };
    expect(joinedQueueOptions('stream', limits)).toMatchObject({
      arguments: { ...bounds, 'x-delivery-limit': 2_147_483_647 },
    });
    expect(partitionQueueOptions('stream', limits)).toMatchObject({
      arguments: { ...bounds, 'x-delivery-limit': 7 },
    });
  });
});
