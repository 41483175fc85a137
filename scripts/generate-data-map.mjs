// Writes docs/reference/data-map.md from the tables that migrations make in embedded engines of its own, and from the
// compiled classes. `--check` writes nothing and fails when the page is not what they say. Run after the build.
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeOrCheckPage } from './lib/generated-page.mjs';

const load = createRequire(import.meta.url);
const { readDataMap } = load('../backend/dist/data-map.js');

const folder = mkdtempSync(path.join(tmpdir(), 'coditect-data-map-'));
try {
  writeOrCheckPage({
    page: 'docs/reference/data-map.md',
    wanted: await readDataMap(folder),
    script: 'scripts/generate-data-map.mjs',
  });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
