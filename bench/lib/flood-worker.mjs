// A tenant who does not care: many lanes that begin the next thing as soon as the one before is done, and do not heed Retry-After.
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData as target } from 'node:worker_threads';
import { ask, sendEvents } from './noisy-requests.mjs';

const askingLanes = 12;
const sendingLanes = 6;
const eventsPerRequest = 500;
/** Not even this one can send as fast as it is refused. */
const refusedPauseMs = 20;

const counted = { accepted: 0, answered: 0, refused: 0 };
let isOver = false;

async function lane(work, onDone) {
  for (let index = 0; !isOver; index += 1) {
    const status = await work(index);
    if (status < 300) onDone();
    else {
      counted.refused += 1;
      await sleep(refusedPauseMs);
    }
  }
}

const lanes = [
  ...Array.from({ length: askingLanes }, (_, number) =>
    lane(
      (index) => ask(target, index + number),
      () => (counted.answered += 1),
    ),
  ),
  ...Array.from({ length: sendingLanes }, () =>
    lane(
      () => sendEvents(target, eventsPerRequest),
      () => (counted.accepted += eventsPerRequest),
    ),
  ),
];

parentPort.once('message', async () => {
  isOver = true;
  await Promise.all(lanes);
  parentPort.postMessage(counted);
});
