import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import type { Notice, ReportManifest } from '@coditect/contracts';
import { AppError } from '../../platform/errors.js';
import type { ReportJob, ReportOutcome } from '../../platform/reports.js';
import type { ReportDraft, ReportFiles } from './report-files.js';

/** What the one who renders is given. */
export interface RenderOut {
  /** Takes the file, once. Resolves when all of it is written. */
  write(chunks: AsyncIterable<Uint8Array>): Promise<void>;
  /** 0 to 1, rising. */
  onProgress(share: number): void;
  /** Fires when nobody wants the report any more. */
  readonly signal: AbortSignal;
}

export interface Rendered {
  readonly name: string;
  readonly contentType: string;
  readonly rows: number;
  readonly notices: readonly Notice[];
  readonly manifest: ReportManifest;
}

/** Makes the file of a report. Rejects with an `AppError` for what was foreseen, which says whether another try can help. */
export type RenderReport = (job: ReportJob, out: RenderOut) => Promise<Rendered>;

export interface MakeOptions {
  readonly files: ReportFiles;
  readonly render: RenderReport;
  readonly signal: AbortSignal;
  readonly onProgress: (share: number) => void;
}

/** Renders a report into its file. The file is kept when this resolves; when it rejects, nothing is. */
export async function makeReport(job: ReportJob, options: MakeOptions): Promise<ReportOutcome> {
  const { files, signal, onProgress } = options;
  const start = { tenantId: job.tenant.id, id: job.id, attempt: job.attempt };
  const draft = await orUnwritable(files.create(start));
  const hash = createHash('sha256');
  let bytes = 0;
  async function* tally(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      hash.update(chunk);
      bytes += chunk.length;
      yield chunk;
    }
  }
  try {
    const failed = watchForErrors(draft);
    const out: RenderOut = {
      signal,
      onProgress,
      write: (chunks) => failed.explain(pipeline(chunks, tally, draft.stream, { signal })),
    };
    const { name, contentType, rows, notices, manifest } = await options.render(job, out);
    signal.throwIfAborted();
    await orUnwritable(draft.keep());
    return { file: { name, contentType, bytes, rows, sha256: hash.digest('hex') }, notices, manifest };
  } catch (error) {
    // What is left behind is swept later.
    await draft.discard().catch(() => undefined);
    throw error;
  }
}

/** Tells an error of the file from one of those who write into it. */
function watchForErrors(draft: ReportDraft): { explain(written: Promise<void>): Promise<void> } {
  let ofFile: Error | undefined;
  draft.stream.once('error', (error) => {
    ofFile = error;
  });
  return {
    async explain(written) {
      try {
        await written;
      } catch (error) {
        throw error === ofFile && isOfSystem(error) ? unwritable(error) : error;
      }
    },
  };
}

function isOfSystem(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

async function orUnwritable<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw unwritable(error);
  }
}

function unwritable(cause: unknown): AppError {
  const reason = 'The file of the report can not be written. The log has the reason.';
  return new AppError('report_file_unwritable', reason, { status: 503, retryable: true, cause });
}
