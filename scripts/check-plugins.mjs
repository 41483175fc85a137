// npm run plugins:check: the built plugins against Grafana's rules for publishing and their size budgets.
import zlib from 'node:zlib';
import { ensureBuilt } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { requireNode } from './lib/node-version.mjs';
import path from 'node:path';
import { cacheDir } from './lib/paths.mjs';
import { budgetOf, readBuiltPlugins } from './lib/plugin-folders.mjs';
import { checkPlugin } from './lib/plugin-rules.mjs';
import { createSteps, main } from './lib/steps.mjs';

requireNode();

await main(async () => {
  const steps = createSteps({ logFile: path.join(cacheDir, 'check-plugins.log') });
  await ensureInstalled(steps);
  await ensureBuilt(steps, ['plugins']);
  let errors = 0;
  for (const plugin of readBuiltPlugins()) {
    const size = zlib.gzipSync(plugin.files.get('module.js') ?? '').length;
    const budget = budgetOf(plugin.id);
    const findings = [...checkPlugin(plugin), ...overBudget(size, budget)];
    errors += findings.filter(({ severity }) => severity === 'error').length;
    process.stdout.write(
      `${plugin.id} ${plugin.version}: first load ${kilobytes(size)} of ${kilobytes(budget)} (gzip)\n`,
    );
    for (const { severity, rule, message } of findings)
      process.stdout.write(`  ${severity}: ${rule}: ${message}\n`);
  }
  return errors === 0 ? 0 : 1;
});

function overBudget(size, budget) {
  return size <= budget
    ? []
    : [
        {
          rule: 'size',
          severity: 'error',
          message: 'the first load is over its budget: split what opens later',
        },
      ];
}

function kilobytes(bytes) {
  return `${(bytes / 1_000).toFixed(1)} kB`;
}
