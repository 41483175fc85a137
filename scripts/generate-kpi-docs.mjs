// Writes docs/reference/kpis.md from the compiled catalogue. `--check` writes nothing and fails when the page is not
// what the catalogue says. Run after the build.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const page = fileURLToPath(new URL('../docs/reference/kpis.md', import.meta.url));
const { renderKpiDocs } = createRequire(import.meta.url)('../backend/dist/kpis/render-kpi-docs.js');
const wanted = renderKpiDocs();

if (process.argv.includes('--check')) {
  if (readOrEmpty(page) !== wanted) {
    process.stderr.write('docs/reference/kpis.md is out of date: run node scripts/generate-kpi-docs.mjs\n');
    process.exitCode = 1;
  }
} else {
  writeFileSync(page, wanted);
}

function readOrEmpty(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
