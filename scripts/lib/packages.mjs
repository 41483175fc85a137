import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { root } from './paths.mjs';
import { StepError } from './steps.mjs';

/** Programs that tests run and npm does not bring: the command to look for, and the Debian package that has it. */
function neededPrograms(kinds) {
  const backend = JSON.parse(fs.readFileSync(path.join(root, 'backend/package.json'), 'utf8'));
  const needsBroker = kinds.has('integration') && backend.dependencies.amqplib !== undefined;
  return [
    ...(kinds.has('e2e')
      ? [
          { command: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium', debianPackage: 'chromium' },
          { command: 'pdftotext', debianPackage: 'poppler-utils' },
        ]
      : []),
    ...(needsBroker
      ? [{ command: '/usr/lib/rabbitmq/bin/rabbitmq-server', debianPackage: 'rabbitmq-server' }]
      : []),
  ];
}

/** Installs what is missing when we may, and says what to install when we may not. */
export async function ensurePrograms(steps, kinds) {
  const missing = neededPrograms(kinds).filter(({ command }) => !hasCommand(command));
  if (missing.length === 0) return;
  const names = missing.map(({ debianPackage }) => debianPackage);
  if (process.getuid?.() !== 0 || !hasCommand('apt-get')) {
    throw new StepError(
      `The tests need ${names.join(' and ')}, and only root may install it. ` +
        `Run: sudo apt-get install ${names.join(' ')}\nthen \`npm test\` again. ` +
        'Without: npm test -- --only unit,plugins' +
        (kinds.has('integration') && !names.includes('rabbitmq-server') ? ',integration' : ''),
    );
  }
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await steps.step(`Install ${names.join(', ')} (apt-get)`, async () => {
    await steps.run('apt-get', ['update'], { env });
    await withoutServices(() =>
      steps.run('apt-get', ['install', '-y', '--no-install-recommends', ...names], { env }),
    );
    await disableBroker(steps, names);
  });
}

/** Debian asks this file before it starts the service of a package. 101 is no. */
const servicePolicy = '/usr/sbin/policy-rc.d';

/** Tests start brokers of their own; the packaged one would stay behind on its default port. */
async function withoutServices(install) {
  if (fs.existsSync(servicePolicy)) return install();
  fs.writeFileSync(servicePolicy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    return await install();
  } finally {
    fs.rmSync(servicePolicy, { force: true });
  }
}

/** Not at the next boot either. */
async function disableBroker(steps, installed) {
  if (!installed.includes('rabbitmq-server') || !fs.existsSync('/run/systemd/system')) return;
  await steps.run('systemctl', ['disable', '--now', 'rabbitmq-server']);
}

function hasCommand(command) {
  return spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;
}
