// npm run plugins:package: builds every plugin and writes one archive for each into dist-plugins/. The same sources give
// the same bytes: the date inside is that of the last commit, or SOURCE_DATE_EPOCH.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import yazl from 'yazl';
import { ensureBuilt } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { requireNode } from './lib/node-version.mjs';
import { cacheDir, root } from './lib/paths.mjs';
import { readBuiltPlugins } from './lib/plugin-folders.mjs';
import { checkPlugin } from './lib/plugin-rules.mjs';
import { createSteps, main, StepError } from './lib/steps.mjs';

requireNode();
// An archive holds local times.
process.env.TZ = 'UTC';
process.env.SOURCE_DATE_EPOCH ??= lastCommitSeconds();

const outDir = path.join(root, 'dist-plugins');

await main(async () => {
  const steps = createSteps({ logFile: path.join(cacheDir, 'package-plugins.log') });
  await ensureInstalled(steps);
  // By force: a build of another day has another date inside.
  await ensureBuilt(steps, ['plugins'], { force: true });
  fs.rmSync(outDir, { recursive: true, force: true });
  fs.mkdirSync(outDir);
  const sums = [];
  for (const plugin of readBuiltPlugins()) {
    refuseBroken(plugin);
    const name = `${plugin.id}-${plugin.version}.zip`;
    const archive = await zip(plugin);
    fs.writeFileSync(path.join(outDir, name), archive);
    sums.push(`${createHash('sha256').update(archive).digest('hex')}  ${name}`);
  }
  fs.writeFileSync(path.join(outDir, 'SHA256SUMS'), `${sums.join('\n')}\n`);
  process.stdout.write(`${sums.join('\n')}\nWritten to dist-plugins/. They are not signed.\n`);
  return 0;
});

function lastCommitSeconds() {
  return execFileSync('git', ['log', '-1', '--format=%ct'], { cwd: root, encoding: 'utf8' }).trim();
}

function refuseBroken(plugin) {
  const errors = checkPlugin(plugin).filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return;
  const lines = errors.map(({ rule, message }) => `  ${rule}: ${message}`);
  throw new StepError(`${plugin.id} is not fit for an archive:\n${lines.join('\n')}`);
}

/** One folder with the plugin's id, as Grafana unpacks it. */
async function zip({ id, files }) {
  const archive = new yazl.ZipFile();
  const mtime = new Date(Number(process.env.SOURCE_DATE_EPOCH) * 1_000);
  for (const [name, content] of files)
    archive.addBuffer(content, `${id}/${name}`, { mtime, mode: 0o100644, compress: true });
  archive.end();
  const chunks = [];
  for await (const chunk of archive.outputStream) chunks.push(chunk);
  return Buffer.concat(chunks);
}
