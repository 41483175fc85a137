// Writes docs/reference/configuration.md from the compiled table of variables. `--check` writes nothing and fails
// when the page is not what the table says. Run after the build.
import { createRequire } from 'node:module';
import { writeOrCheckPage } from './lib/generated-page.mjs';

const { renderConfigDocs } = createRequire(import.meta.url)('../backend/dist/platform/config-docs.js');
writeOrCheckPage({
  page: 'docs/reference/configuration.md',
  wanted: renderConfigDocs(),
  script: 'scripts/generate-config-docs.mjs',
});
