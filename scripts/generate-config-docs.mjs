// Writes docs/reference/configuration.md from the compiled table of variables. `--check` writes nothing and fails
// when the page is not what the table says. Run after the build.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const page = fileURLToPath(new URL('../docs/reference/configuration.md', import.meta.url));
const { renderConfigDocs } = createRequire(import.meta.url)('../backend/dist/platform/config-docs.js');
const wanted = renderConfigDocs();

if (process.argv.includes('--check')) {
  if (readOrEmpty(page) !== wanted) {
    process.stderr.write(
      'docs/reference/configuration.md is out of date: run node scripts/generate-config-docs.mjs\n',
    );
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
