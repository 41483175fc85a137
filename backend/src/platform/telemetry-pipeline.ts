import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** Of the way of an event: the bus, the inserts, the landing. */
export interface PipelineTelemetry {
  readonly underWay: Gauge<'component'>;
  readonly queueMessages: Gauge<'queue'>;
  readonly queueConsumers: Gauge<'queue'>;
  readonly freshness: Histogram<'branch'>;
  readonly duplicates: Counter<'branch'>;
  readonly deadLetters: Gauge;
  readonly idFilterFill: Gauge<'partition'>;
  readonly insertDuration: Histogram;
  readonly insertBytes: Histogram;
  readonly landingDuration: Histogram;
}

export function createPipelineTelemetry(registers: Registry[]): PipelineTelemetry {
  return { ...createBusTelemetry(registers), ...createWriteTelemetry(registers) };
}

function createBusTelemetry(
  registers: Registry[],
): Pick<
  PipelineTelemetry,
  'underWay' | 'queueMessages' | 'queueConsumers' | 'freshness' | 'duplicates' | 'deadLetters'
> {
  return {
    underWay: new Gauge({
      name: 'coditect_under_way_events',
      help: 'Events taken in and not yet handed on, by component.',
      labelNames: ['component'],
      registers,
    }),
    queueMessages: new Gauge({
      name: 'coditect_queue_messages',
      help: 'Messages in a queue of the broker that nobody was given yet. Every process with a bus tells of all queues: take the maximum.',
      labelNames: ['queue'],
      registers,
    }),
    queueConsumers: new Gauge({
      name: 'coditect_queue_consumers',
      help: 'Active readers of a queue of the broker. Zero for longer than a moment is a queue that only grows.',
      labelNames: ['queue'],
      registers,
    }),
    freshness: new Histogram({
      name: 'coditect_freshness_seconds',
      help: 'Time from the receipt of the oldest event of a message until the message is stored, by branch. One observation a message.',
      labelNames: ['branch'],
      buckets: [0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 1_800, 7_200],
      registers,
    }),
    duplicates: new Counter({
      name: 'coditect_duplicates_total',
      help: 'Events that had been stored before and were counted no second time, by branch.',
      labelNames: ['branch'],
      registers,
    }),
    deadLetters: new Gauge({
      name: 'coditect_dead_letters',
      help: 'Dead letters that wait to be replayed. Every collector tells the same: take the maximum.',
      registers,
    }),
  };
}

function createWriteTelemetry(
  registers: Registry[],
): Pick<PipelineTelemetry, 'idFilterFill' | 'insertDuration' | 'insertBytes' | 'landingDuration'> {
  return {
    idFilterFill: new Gauge({
      name: 'coditect_id_filter_fill_ratio',
      help: 'Share of the bits that are set in the filter of stored event ids, by partition.',
      labelNames: ['partition'],
      registers,
    }),
    insertDuration: new Histogram({
      name: 'coditect_insert_duration_seconds',
      help: 'Time that an insert into ClickHouse takes, with every view behind it.',
      buckets: [0.025, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10],
      registers,
    }),
    insertBytes: new Histogram({
      name: 'coditect_insert_bytes',
      help: 'Size of an insert into ClickHouse as JSON. Many small ones cost more than few large ones.',
      buckets: [1e3, 1e4, 1e5, 1e6, 2e6, 5e6, 1e7, 2e7],
      registers,
    }),
    landingDuration: new Histogram({
      name: 'coditect_landing_duration_seconds',
      help: 'Time that one transaction of landing into TimescaleDB takes.',
      buckets: [0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10],
      registers,
    }),
  };
}
