import type { Readable, Writable } from 'node:stream';
import type { ReportStart } from '../../platform/reports.js';

/** A file that is being written. Nobody sees it before it is kept. */
export interface ReportDraft {
  readonly stream: Writable;
  /** After the stream has finished. The file is there whole, and on disk, when this resolves. */
  keep(): Promise<void>;
  /** Leaves nothing behind. Safe to call at any time but after `keep`. */
  discard(): Promise<void>;
}

/** A file or a draft, as it is found. */
export interface FoundFile {
  readonly id: string;
  readonly attempt: number;
  remove(): Promise<void>;
}

/** Where files of reports are kept: one for each start of a report, so that two makers never write the same one. */
export interface ReportFiles {
  create(start: ReportStart): Promise<ReportDraft>;
  /** `undefined` when there is no such file. The caller reads it to its end or destroys it. */
  open(start: ReportStart): Promise<Readable | undefined>;
  /** A file that is not there is no error. */
  remove(start: ReportStart): Promise<void>;
  list(): Promise<readonly FoundFile[]>;
}
