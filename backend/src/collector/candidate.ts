/// <reference lib="es2024.string" />
import type { RejectedEvent } from '@coditect/contracts';

/** Why one event is refused. `pointer` (RFC 6901) leads into the event. */
export type Rejection = Omit<RejectedEvent, 'index'>;

/** A CloudEvent in its structured JSON form, as it was parsed and not checked yet. */
interface EventCandidate {
  /** Position in the request or the file, from 0; rejections name it. */
  readonly index: number;
  readonly event: unknown;
}

/** A place in the request at which there was no event to be had, such as a bad line of NDJSON. */
interface FailedCandidate {
  readonly index: number;
  readonly rejection: Rejection;
}

export type Candidate = EventCandidate | FailedCandidate;

/** The value, or why it was refused. */
export type Checked<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly rejection: Rejection };

export function refuse(code: string, pointer: string, reason: string): { ok: false; rejection: Rejection } {
  return { ok: false, rejection: { code, pointer, reason } };
}

/** The same rejection, seen from the object around: a pointer is only written once something is refused. */
export function within(segment: PropertyKey, rejection: Rejection): Rejection {
  return { ...rejection, pointer: pointerTo('', segment) + rejection.pointer };
}

/** A pointer's segment, escaped by RFC 6901 and cut, so that an answer stays small whatever was sent. */
export function pointerTo(parent: string, segment: PropertyKey): string {
  const text = String(segment).slice(0, 128).toWellFormed();
  return `${parent}/${text.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
