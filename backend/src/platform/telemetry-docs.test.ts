import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderTelemetryDocs } from './telemetry-docs.js';

const page = renderTelemetryDocs();

it('is what the reference page says', () => {
  const written = readFileSync(join(__dirname, '../../../docs/reference/metrics.md'), 'utf8');
  // Run node scripts/generate-metrics-docs.mjs after a build.
  expect(written).toBe(page);
});

it('follows the conventions of Prometheus', () => {
  const rows = [...page.matchAll(/^\| `(coditect_\w+)` \| (\w+) \| (.*?) \| (.*?) \|/gm)];
  expect(rows.length).toBeGreaterThan(25);
  for (const [, name = '', type, labels = '', help = ''] of rows) {
    expect(name).toMatch(/^[a-z_]+$/);
    expect({ name, isTotal: name.endsWith('_total') }).toEqual({ name, isTotal: type === 'counter' });
    if (type === 'histogram') expect(name).toMatch(/_(seconds|bytes)$/);
    expect(`${name}: ${help}`).toMatch(/: [A-Z].*\.$/);
    expect(labels).not.toMatch(/tenant|user|event/);
  }
});
