import { anEvent } from '../testkit/an-event.js';
import { createTelemetry } from '../platform/telemetry.js';
import { observeReader } from './observed-reader.js';

const nowMs = Date.UTC(2026, 5, 1, 12);

function createWorld(duplicates: number | Error) {
  const telemetry = createTelemetry({ defaultMetrics: false });
  const store = () =>
    typeof duplicates === 'number' ? Promise.resolve({ duplicates }) : Promise.reject(duplicates);
  return { telemetry, reader: observeReader({ store }, { branch: 'stream', now: () => nowMs, telemetry }) };
}

describe('observeReader', () => {
  const events = [anEvent({ receivedAt: nowMs - 500 }), anEvent({ receivedAt: nowMs - 3_000 })];

  it('takes the age of the oldest event and counts what was there before', async () => {
    const { reader, telemetry } = createWorld(1);
    await reader.store({ id: 'm', events });
    const text = await telemetry.registry.metrics();
    expect(text).toContain('coditect_freshness_seconds_sum{branch="stream"} 3\n');
    expect(text).toContain('coditect_freshness_seconds_bucket{le="2",branch="stream"} 0\n');
    expect(text).toContain('coditect_duplicates_total{branch="stream"} 1\n');
  });

  it('counts nothing of a message that is not stored', async () => {
    const { reader, telemetry } = createWorld(new Error('away'));
    await expect(reader.store({ id: 'm', events })).rejects.toThrow('away');
    expect(await telemetry.registry.metrics()).not.toContain('coditect_freshness_seconds_count{');
  });
});
