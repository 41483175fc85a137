import type { KnownEventType } from '@coditect/contracts';
import { createRandom, hashText, type Random } from './random.js';

/** A structured CloudEvent, ready for the collector. */
export interface SimulatedEvent {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: KnownEventType;
  readonly time: string;
  readonly subject?: string;
  readonly datacontenttype: 'application/json';
  readonly data: EventData;
}

export type EventData = Readonly<Record<string, string | number>>;

/** An event that is placed on the time line but not written out yet. */
export interface EventDraft {
  /** Epoch milliseconds. */
  readonly atMs: number;
  readonly id: string;
  readonly source: string;
  readonly type: KnownEventType;
  readonly subject: string | undefined;
  readonly data: EventData;
}

/** `ide.session.started` for `ai.coditect.ide.session.started.v1`. */
type ShortType = KnownEventType extends infer T ? (T extends `ai.coditect.${infer S}.v1` ? S : never) : never;

/** One stream of chance and the events that come of it, such as one person's day. */
export interface Recorder {
  readonly random: Random;
  /** A short unique name within the whole simulation, for sessions and runs. */
  newId(prefix: string): string;
  emit(type: ShortType, atMs: number, data: EventData, subject?: string): void;
}

export interface RecorderOptions {
  /** Names the stream. It carries the seed, the tenant and the day: the same key gives the same events. */
  readonly streamKey: string;
  /** CloudEvents source by domain. */
  readonly sourceOf: (domain: string) => string;
  readonly drafts: EventDraft[];
}

/** Ids are the stream's 64-bit hash and a running number, so that a day that is generated again repeats its ids. */
export function createRecorder(options: RecorderOptions): Recorder {
  const { streamKey, drafts } = options;
  const stream = hex(hashText(streamKey, 0x9e3779b9)) + hex(hashText(streamKey, 0x7f4a7c15));
  let events = 0;
  let names = 0;
  return {
    random: createRandom(hashText(streamKey)),
    newId(prefix) {
      names += 1;
      return `${prefix}-${stream}-${names.toString(36)}`;
    },
    emit(type, atMs, data, subject) {
      events += 1;
      drafts.push({
        atMs: Math.round(atMs),
        id: `${stream}-${events.toString(36)}`,
        source: options.sourceOf(type.slice(0, type.indexOf('.'))),
        type: `ai.coditect.${type}.v1`,
        subject,
        data,
      });
    },
  };
}

function hex(value: number): string {
  return value.toString(16).padStart(8, '0');
}

export function toCloudEvent(draft: EventDraft): SimulatedEvent {
  return {
    specversion: '1.0',
    id: draft.id,
    source: draft.source,
    type: draft.type,
    time: new Date(draft.atMs).toISOString(),
    ...(draft.subject !== undefined && { subject: draft.subject }),
    datacontenttype: 'application/json',
    data: draft.data,
  };
}
