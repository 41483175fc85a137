// A tenant who does not care, as a process of its own: many lanes that begin the next thing as soon as the one before is done, and
// do not heed Retry-After.
import { setTimeout as sleep } from 'node:timers/promises';
import { ask, createSender } from './noisy-requests.mjs';

const askingLanes = 12;
const sendingLanes = 6;
const eventsPerRequest = 500;
/** Not even this one can send as fast as it is refused. */
const refusedPauseMs = 20;

const { asks, sends, ...target } = JSON.parse(process.argv[2]);
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

const send = createSender(target, eventsPerRequest);
const startedAt = performance.now();
const startedWith = process.cpuUsage();
const lanes = [
  ...Array.from({ length: asks ? askingLanes : 0 }, (_, number) =>
    lane(
      (index) => ask(target, index + number),
      () => (counted.answered += 1),
    ),
  ),
  ...Array.from({ length: sends ? sendingLanes : 0 }, () =>
    lane(send, () => (counted.accepted += eventsPerRequest)),
  ),
];

process.once('message', async () => {
  isOver = true;
  await Promise.all(lanes);
  const { system, user } = process.cpuUsage(startedWith);
  const told = { ...counted, ms: performance.now() - startedAt, cpuMs: (system + user) / 1_000 };
  process.send(told, () => process.exit());
});
