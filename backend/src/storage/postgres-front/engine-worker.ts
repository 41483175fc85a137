import { mkdirSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { openRawEngine, type RawEngine } from './raw-engine.js';
import { workerOptions, workerRequest } from './worker-messages.js';

/** The thread of the engine: opens it, runs messages in their order, ends when asked or when the engine breaks. */
async function main(): Promise<void> {
  const { folder } = workerOptions.parse(workerData);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const engine = await openRawEngine(folder);
  let line = Promise.resolve();
  parentPort?.on('message', (message: unknown) => {
    line = line.then(() => answer(engine, message));
  });
  parentPort?.postMessage({ id: 0, answers: [] });
}

async function answer(engine: RawEngine, message: unknown): Promise<void> {
  const { id, messages } = workerRequest.parse(message);
  if (id === 0) {
    await engine.close();
    parentPort?.close();
    return;
  }
  try {
    const answers: Uint8Array[] = [];
    for (const bytes of messages) answers.push(await engine.run(bytes));
    parentPort?.postMessage({ id, answers });
  } catch (error) {
    // A fault of the engine itself: its own errors are answers. Nothing more can be had from it.
    parentPort?.postMessage({ id, answers: [], fault: String(error) });
    process.exit(1);
  }
}

void main();
