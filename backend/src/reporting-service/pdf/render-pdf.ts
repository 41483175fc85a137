import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { ReportDocument } from '../document/report-document.js';
import { workerMessage } from './worker-messages.js';

export interface RenderOptions {
  /** Ends the thread at once; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** From 0 to 1, rising. */
  readonly onProgress?: (share: number) => void;
  /** Bound of the thread's heap. A report that needs more fails with a reason; the process lives on. */
  readonly memoryMaxMb?: number;
  /** The compiled worker: beside this file, unless this file runs uncompiled. */
  readonly workerFile?: string;
}

const memoryMaxMbDefault = 1_024;

/** A report that could not be drawn. Drawing the same document again fails again. */
export class RenderError extends Error {
  constructor(reason: string, cause?: unknown) {
    super(reason, { cause });
    this.name = 'RenderError';
  }
}

/**
 * Draws in a worker thread that lives for this report. Rejects with the signal's reason when aborted, with a
 * `RenderError` when drawing fails or the thread ends without a file.
 */
export async function renderPdf(document: ReportDocument, options: RenderOptions = {}): Promise<Uint8Array> {
  const { signal, onProgress, memoryMaxMb = memoryMaxMbDefault } = options;
  signal?.throwIfAborted();
  const worker = new Worker(options.workerFile ?? join(__dirname, 'pdf-worker.js'), {
    workerData: { document },
    resourceLimits: { maxOldGenerationSizeMb: memoryMaxMb },
    name: 'pdf',
  });
  let abort: () => void = () => undefined;
  const file = new Promise<Uint8Array>((resolve, reject) => {
    abort = () => {
      reject(asError(signal?.reason));
    };
    worker.on('message', (message: unknown) => {
      const said = workerMessage.parse(message);
      if (said.kind === 'progress') onProgress?.(said.share);
      else if (said.kind === 'file') resolve(said.bytes);
      else reject(new RenderError(said.reason));
    });
    worker.once('error', (error) => {
      reject(new RenderError(`the PDF worker crashed: ${error.message}`, error));
    });
    worker.once('exit', (code) => {
      reject(new RenderError(`the PDF worker ended without a file, with code ${code}`));
    });
  });
  signal?.addEventListener('abort', abort, { once: true });
  try {
    return await file;
  } finally {
    signal?.removeEventListener('abort', abort);
    await worker.terminate();
  }
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('aborted', { cause: reason });
}
