import type { Line } from './split-lines.js';

/** Why a line is no event. */
export interface LineRejection {
  readonly code: string;
  /** RFC 6901 pointer into the event, empty for the line as a whole. */
  readonly pointer: string;
  readonly reason: string;
}

export type ParsedLine =
  | { readonly ok: true; readonly event: unknown; readonly bytes: number }
  | { readonly ok: false; readonly rejection: LineRejection };

/** Makes an event, not checked yet, of a line. Pure: the same line gives the same event. */
export type ParseLine = (line: Line & { readonly bytes: Buffer }) => ParsedLine;

export const importFormats = ['cloudevents', 'clf', 'combined'] as const;
export type ImportFormat = (typeof importFormats)[number];

export function rejectLine(code: string, reason: string): ParsedLine {
  return { ok: false, rejection: { code, pointer: '', reason } };
}
