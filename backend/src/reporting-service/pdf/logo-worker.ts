import { parentPort, workerData } from 'node:worker_threads';
import { PDFDocument } from 'pdf-lib';
import { embedLogo } from './draw-cover.js';
import { logoInput } from './worker-messages.js';

// A thread of its own: decoding keeps it busy, and a decoder may never come back.

async function canDraw(logo: Uint8Array): Promise<boolean> {
  const document = await PDFDocument.create();
  const image = await embedLogo(document, logo);
  if (image === undefined) return false;
  document.addPage().drawImage(image);
  return (await document.save()).length > 0;
}

void canDraw(logoInput.parse(workerData).logo).then((isDrawn) => {
  parentPort?.postMessage(isDrawn);
});
