import type { EventEnvelope } from '@coditect/contracts';
import { partitionOf } from '../partition-of.js';
import { encodeEvent } from './codec.js';
import { createDeferred } from './deferred.js';

/** Events of one partition that travel together, each as its line of text. */
export interface Cut {
  readonly partition: number;
  readonly lines: readonly string[];
  /** The `traceparent` of each batch that has events in it, where there is one. */
  readonly from: readonly string[];
}

export interface CutterOptions {
  readonly partitions: number;
  readonly lingerMs: number;
  readonly eventsMax: number;
  /** A cut is closed when its text is as long as that; it may be longer by one event. */
  readonly charsMax: number;
  /** Called with each cut, once. Its promise is that of every batch that has events in the cut. */
  readonly send: (cut: Cut) => Promise<void>;
}

/**
 * Gathers events of many batches by partition. A cut goes out when it is full, or when its first event has waited long
 * enough: small messages would make small inserts, and those are slow.
 */
export interface Cutter {
  /** Resolves when every cut that holds a part of the batch is sent, rejects with the first that is not. */
  add(batch: readonly EventEnvelope[], traceparent?: string): Promise<void>;
  /** Sends what waits, now. */
  flush(): void;
}

interface OpenCut {
  readonly lines: string[];
  readonly from: Set<string>;
  chars: number;
  readonly sent: Promise<void>;
  readonly follow: (sending: Promise<void>) => void;
}

function openCut(): OpenCut {
  const { promise, resolve } = createDeferred<void>();
  return { lines: [], from: new Set(), chars: 0, sent: promise, follow: resolve };
}

export function createCutter(options: CutterOptions): Cutter {
  const open = new Map<number, OpenCut>();
  let timer: NodeJS.Timeout | undefined;

  function close(partition: number, cut: OpenCut): void {
    open.delete(partition);
    cut.follow(options.send({ partition, lines: cut.lines, from: [...cut.from] }));
  }

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    for (const [partition, cut] of open) close(partition, cut);
  }

  function append(event: EventEnvelope, traceparent: string | undefined): OpenCut {
    const partition = partitionOf(event.eventId, options.partitions);
    let cut = open.get(partition);
    if (cut === undefined) {
      cut = openCut();
      open.set(partition, cut);
    }
    const line = encodeEvent(event);
    cut.lines.push(line);
    cut.chars += line.length;
    if (traceparent !== undefined) cut.from.add(traceparent);
    if (cut.lines.length >= options.eventsMax || cut.chars >= options.charsMax) close(partition, cut);
    return cut;
  }

  return {
    flush,
    async add(batch, traceparent) {
      const cuts = new Set<OpenCut>();
      for (const event of batch) cuts.add(append(event, traceparent));
      if (open.size > 0) timer ??= setTimeout(flush, options.lingerMs);
      await Promise.all([...cuts].map((cut) => cut.sent));
    },
  };
}
