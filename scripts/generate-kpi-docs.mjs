// Writes docs/reference/kpis.md from the compiled catalogue. `--check` writes nothing and fails when the page is not
// what the catalogue says. Run after the build.
import { createRequire } from 'node:module';
import { writeOrCheckPage } from './lib/generated-page.mjs';

const { renderKpiDocs } = createRequire(import.meta.url)('../backend/dist/kpis/render-kpi-docs.js');
writeOrCheckPage({
  page: 'docs/reference/kpis.md',
  wanted: renderKpiDocs(),
  script: 'scripts/generate-kpi-docs.mjs',
});
