// Events as the demo tenants make them, and the same events as the rows that the store keeps.
import { backend } from './instance.mjs';

const dayMs = 86_400_000;

/** `count` CloudEvents of the simulator, all in the past. */
export function makeEvents(count) {
  const { demoTenants } = backend('simulator/profile.js');
  const { createTimeline } = backend('simulator/timeline.js');
  const untilMs = Math.floor(Date.now() / dayMs) * dayMs;
  const events = [];
  for (let back = 1; events.length < count; back += 1) {
    const profile = demoTenants[back % demoTenants.length];
    const fromMs = untilMs - Math.ceil(back / demoTenants.length) * dayMs;
    const timeline = createTimeline({ profile, seed: `bench-${back}`, adoptionFromMs: fromMs - 30 * dayMs });
    for (const event of timeline.between(fromMs, fromMs + dayMs))
      events.push({ ...event, id: `${back}:${event.id}` });
  }
  return events.slice(0, count);
}

/** The lines that reach the store for these events, by the collector's own checks and stamps. */
export async function makeRows(events, tenant) {
  const { createIntake } = backend('collector/intake.js');
  const { defaultCollectorLimits } = backend('collector/limits.js');
  const { createTelemetry } = backend('platform/telemetry.js');
  const { formatEventRow } = backend('storage/clickhouse/event-writer.js');
  const rows = [];
  const intake = createIntake({
    bus: {
      publish: (batch) => {
        for (const event of batch) rows.push(formatEventRow(event));
        return Promise.resolve({ duplicates: 0 });
      },
    },
    getUserSalt: () => Promise.resolve('bench'),
    now: Date.now,
    drawAcceptance: () => 1 + Math.floor(Math.random() * 0xffff_fffe),
    limits: defaultCollectorLimits,
    telemetry: createTelemetry({ defaultMetrics: false }),
  });
  const { rejected } = await intake.accept(
    tenant,
    events.map((event, index) => ({ index, event })),
  );
  if (rejected.length > 0)
    throw new Error(`the simulator made events that are rejected: ${JSON.stringify(rejected[0])}`);
  return rows;
}
