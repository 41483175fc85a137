import { setTimeout as sleep } from 'node:timers/promises';
import { errorBodySchema, ingestAnswerSchema } from '@coditect/contracts';
import { brokenEvent, loadEvent } from './load-event.js';
import type { Random } from './random.js';

/** Whose events are sent, and with which key. */
export interface Sender {
  readonly tenantId: string;
  readonly key: string;
}

/** What was sent for one tenant. Events have numbers from 0; the same number is the same event. */
export interface Ledger {
  readonly tenantId: string;
  /** Events 0 to `begun - 1` were sent at least once. */
  begun: number;
  /** Those that a 202 covered and did not reject. */
  readonly acknowledged: Set<number>;
}

export interface FleetTally {
  /** Events in all requests that were tried, copies and repeats among them. */
  posted: number;
  requests: number;
  /** Requests that did not end with 202, by their status, or `no answer`. */
  readonly refused: Map<string, number>;
}

/** Which copies go out beside new events, as shares of all batches. */
export interface Copies {
  readonly same: number;
  readonly recut: number;
  readonly old: number;
}

export const someCopies: Copies = { same: 0.1, recut: 0.15, old: 0.05 };
/** As after an outage: clients repeat more than they have to say. */
export const manyCopies: Copies = { same: 0.3, recut: 0.3, old: 0.1 };

/** How much goes out. */
export interface Load {
  readonly eventsPerBatchMax: number;
  /** Between two batches of one sender. */
  readonly restMs: { readonly least: number; readonly most: number };
}

/** Faults need many messages on their way, not many events. */
export const usualLoad: Load = { eventsPerBatchMax: 120, restMs: { least: 50, most: 350 } };
/** As much as these clients can. */
export const heavyLoad: Load = { eventsPerBatchMax: 900, restMs: { least: 0, most: 0 } };

/**
 * Clients that never give up: each batch is sent until it is answered 202, on any of the collectors, and some go out
 * again though they were: whole, cut otherwise, or with events from long ago.
 */
export interface Fleet {
  readonly ledgers: readonly Ledger[];
  readonly tally: FleetTally;
  start(copies?: Copies, load?: Load): void;
  /** Begins nothing new; resolves when all that was begun is acknowledged, rejects when a sender met what must not be. */
  pause(): Promise<void>;
  /** Begins nothing new and gives up what is under way. */
  abandon(): void;
  /** Sends copies of what was acknowledged long ago and nothing else, until `batches` of them are acknowledged. */
  resendOld(batches: number): Promise<void>;
}

export interface FleetOptions {
  readonly senders: readonly Sender[];
  /** Batches under way at a time. */
  readonly width: number;
  readonly random: Random;
  /** The collectors, as a load balancer would know them. */
  readonly collectorUrls: () => readonly string[];
  /** How long one batch may remain without 202. */
  readonly patienceMs: number;
}

interface Batch {
  readonly sender: Sender;
  readonly ledger: Ledger;
  readonly indexes: readonly number[];
  /** Place of an event that must be refused; `undefined` in most batches. */
  readonly brokenAt: number | undefined;
}

const rememberedCuts = 200;
const retryAfterMaxMs = 2_000;
const requestTimeoutMs = 30_000;

export function createFleet(options: FleetOptions): Fleet {
  const { random } = options;
  const books = options.senders.map((sender) => ({
    sender,
    ledger: { tenantId: sender.tenantId, begun: 0, acknowledged: new Set<number>() } satisfies Ledger,
    cuts: new Array<readonly number[]>(),
  }));
  type Book = (typeof books)[number];
  const tally: FleetTally = { posted: 0, requests: 0, refused: new Map() };
  let isSending = false;
  let isAbandoned = false;
  let lanes: Promise<void>[] = [];

  function cutBatch(copies: Copies, load: Load): Batch {
    const book = random.pick(books);
    const indexes = chooseIndexes(book, copies, random.between(1, load.eventsPerBatchMax), random);
    book.cuts.push(indexes);
    if (book.cuts.length > rememberedCuts) book.cuts.shift();
    return toBatch(book, indexes);
  }

  function toBatch({ sender, ledger }: Book, indexes: readonly number[]): Batch {
    const brokenAt = random.chance(0.02) ? random.between(0, indexes.length) : undefined;
    return { sender, ledger, indexes, brokenAt };
  }

  async function deliver(batch: Batch, own: Random): Promise<void> {
    const body = JSON.stringify(eventsOf(batch));
    const deadline = performance.now() + options.patienceMs;
    let last = '';
    while (performance.now() < deadline && !isAbandoned) {
      tally.requests += 1;
      tally.posted += batch.indexes.length;
      const outcome = await post(own.pick(options.collectorUrls()), batch, body);
      if (outcome.isAccepted) {
        for (const index of batch.indexes) batch.ledger.acknowledged.add(index);
        return;
      }
      last = outcome.reason;
      tally.refused.set(last, (tally.refused.get(last) ?? 0) + 1);
      await sleep(outcome.waitMs + own.between(10, 150));
    }
    throw new Error(`${batch.indexes.length} events were never accepted; the last answer was: ${last}`);
  }

  async function runLane(own: Random, copies: Copies, load: Load): Promise<void> {
    while (isSending) {
      await deliver(cutBatch(copies, load), own);
      await sleep(own.between(load.restMs.least, load.restMs.most));
    }
  }

  function abandon(): void {
    isSending = false;
    isAbandoned = true;
  }

  return {
    ledgers: books.map((book) => book.ledger),
    tally,
    start(copies = someCopies, load = usualLoad) {
      isSending = true;
      lanes = Array.from({ length: options.width }, () => runLane(random.fork(), copies, load));
      // The first to fail ends the others, and is told by `pause`.
      for (const lane of lanes) lane.catch(abandon);
    },
    async pause() {
      isSending = false;
      await Promise.all(lanes);
      for (const { ledger } of books) {
        const missing = ledger.begun - ledger.acknowledged.size;
        if (missing > 0) throw new Error(`${missing} events were begun and never acknowledged`);
      }
    },
    abandon,
    async resendOld(batches) {
      const own = random.fork();
      for (let sent = 0; sent < batches; sent += 1) {
        const book = own.pick(books);
        const size = own.between(1, usualLoad.eventsPerBatchMax);
        const indexes = Array.from({ length: size }, () => own.between(0, Math.floor(book.ledger.begun / 2)));
        await deliver(toBatch(book, [...new Set(indexes)]), own);
      }
    },
  };
}

/** New events, or some that were sent before: as they were, cut otherwise with new ones behind, or from long ago. */
function chooseIndexes(
  book: { readonly ledger: Ledger; readonly cuts: readonly (readonly number[])[] },
  copies: Copies,
  size: number,
  random: Random,
): readonly number[] {
  const { ledger, cuts } = book;
  const dice = random.next();
  if (cuts.length > 0 && dice < copies.same) return random.pick(cuts);
  if (dice < copies.same + copies.old && ledger.begun > 0) {
    const from = random.between(0, ledger.begun - 1);
    return range(from, Math.min(from + size, ledger.begun));
  }
  // Overlaps what is behind, so that the border between two batches of before falls within this one.
  const isRecut = dice < copies.same + copies.old + copies.recut;
  const from = isRecut ? Math.max(0, ledger.begun - random.between(1, size)) : ledger.begun;
  ledger.begun = Math.max(ledger.begun, from + size);
  return range(from, from + size);
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from }, (_, offset) => from + offset);
}

function eventsOf({ indexes, brokenAt }: Batch): readonly unknown[] {
  const events = indexes.map(loadEvent);
  if (brokenAt === undefined) return events;
  return [...events.slice(0, brokenAt), brokenEvent(brokenAt), ...events.slice(brokenAt)];
}

type Outcome =
  | { readonly isAccepted: true }
  | { readonly isAccepted: false; readonly reason: string; readonly waitMs: number };

/** One try. Throws when the answer is one that no fault explains. */
async function post(url: string, batch: Batch, body: string): Promise<Outcome> {
  const response = await fetch(`${url}/v1/events`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${batch.sender.key}`,
      'content-type': 'application/cloudevents-batch+json',
    },
    body,
    signal: AbortSignal.timeout(requestTimeoutMs),
  }).catch(() => undefined);
  const text = await response?.text().catch(() => undefined);
  if (response === undefined || text === undefined)
    return { isAccepted: false, reason: 'no answer', waitMs: 0 };
  if (response.status === 202) {
    requireOnlyBrokenRejected(batch, text);
    return { isAccepted: true };
  }
  const { error } = errorBodySchema.parse(JSON.parse(text));
  const reason = `${response.status} ${error.code}`;
  if (response.status !== 429 && response.status < 500)
    throw new Error(`a sender was answered ${reason}: ${error.reason}`);
  const retryAfterMs = Number(response.headers.get('retry-after') ?? 0) * 1_000;
  return { isAccepted: false, reason, waitMs: Math.min(retryAfterMs, retryAfterMaxMs) };
}

function requireOnlyBrokenRejected({ indexes, brokenAt }: Batch, text: string): void {
  const answer = ingestAnswerSchema.parse(JSON.parse(text));
  const rejected = answer.rejected.map(({ index }) => index).join();
  const expected = brokenAt === undefined ? '' : String(brokenAt);
  if (rejected !== expected || answer.accepted !== indexes.length)
    throw new Error(`a batch of ${indexes.length} was answered ${text.slice(0, 300)}`);
}
