// Writes docs/reference/metrics.md from the compiled telemetry. `--check` writes nothing and fails when the page is not
// what the code says. Run after the build.
import { createRequire } from 'node:module';
import { writeOrCheckPage } from './lib/generated-page.mjs';

const { renderTelemetryDocs } = createRequire(import.meta.url)('../backend/dist/platform/telemetry-docs.js');
writeOrCheckPage({
  page: 'docs/reference/metrics.md',
  wanted: renderTelemetryDocs(),
  script: 'scripts/generate-metrics-docs.mjs',
});
