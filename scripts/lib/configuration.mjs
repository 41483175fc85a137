// What the compiled backend can be told, for the checks of files that tell it.
import { createRequire } from 'node:module';
import { root } from './paths.mjs';

const require = createRequire(import.meta.url);
const { configSections } = require(`${root}/backend/dist/platform/config-sections.js`);
const { secretFileVariable } = require(`${root}/backend/dist/platform/secret-file.js`);

const variables = Object.values(configSections).flatMap((section) => Object.values(section));
const secrets = variables.filter(({ secret }) => secret).map(({ env }) => env);

/** Names of variables. A secret has one more, for the file that it is in. */
export const known = {
  all: new Set([...variables.map(({ env }) => env), ...secrets.map(secretFileVariable)]),
  secrets: new Set(secrets),
};

/** Of each role, where nothing else is set. */
export const ports = new Map(
  Object.entries({
    collector: configSections.collector.port,
    'stream-processor': configSections.streamProcessor.port,
    'batch-processor': configSections.batchProcessor.port,
    'metrics-service': configSections.metrics.port,
    'reporting-service': configSections.reporting.port,
  }).map(([role, { fallback }]) => [role, Number(fallback)]),
);

/** How long a closer may take, where nothing else is set. */
export const closeTimeoutMs = Number(configSections.platform.closeTimeoutMs.fallback);
