import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

const timeoutMs = 20_000;
const memoryMaxMb = 256;

/** Does a report with this picture come to an end? Tried in a thread, which is ended when it takes too long. */
export async function canDrawLogo(
  logo: Uint8Array,
  workerFile = join(__dirname, 'logo-worker.js'),
): Promise<boolean> {
  const worker = new Worker(workerFile, {
    workerData: { logo },
    resourceLimits: { maxOldGenerationSizeMb: memoryMaxMb },
    name: 'logo',
  });
  let timer: NodeJS.Timeout | undefined;
  const isDrawn = new Promise<boolean>((resolve) => {
    const giveUp = (): void => {
      resolve(false);
    };
    timer = setTimeout(giveUp, timeoutMs);
    worker.once('message', (said: unknown) => {
      resolve(said === true);
    });
    worker.once('error', giveUp);
    worker.once('exit', giveUp);
  });
  try {
    return await isDrawn;
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}
