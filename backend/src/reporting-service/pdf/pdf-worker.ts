import { parentPort, workerData } from 'node:worker_threads';
import type { ReportDocument } from '../document/report-document.js';
import { drawReport } from './draw-report.js';
import { workerInput, type WorkerMessage } from './worker-messages.js';

// A thread of its own: drawing keeps it busy for as long as it takes. It lives for one report.

function say(message: WorkerMessage, transfer: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer);
}

async function draw(document: ReportDocument): Promise<void> {
  try {
    const bytes = await drawReport(document, (share) => {
      say({ kind: 'progress', share });
    });
    const file = Uint8Array.from(bytes);
    say({ kind: 'file', bytes: file }, [file.buffer]);
  } catch (error) {
    say({ kind: 'failed', reason: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
}

void draw(workerInput.parse(workerData).document);
