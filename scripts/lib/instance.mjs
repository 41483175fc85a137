import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { createRequire } from 'node:module';
import { dataDir, root } from './paths.mjs';
import { StepError } from './steps.mjs';

/** The process that holds the data folder now, by the file it leaves there, or undefined. */
export function findRunningInstance(folder = dataDir()) {
  const admin = readJson(path.join(folder, 'admin.json'));
  return admin !== undefined && isAlive(admin.pid) ? admin : undefined;
}

export function readJson(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function isAlive(pid) {
  if (!Number.isInteger(pid)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** The configuration as the backend itself reads it; every mistake in the environment in one message. */
export function readConfig() {
  const { loadConfig } = createRequire(import.meta.url)(path.join(root, 'backend/dist/platform/config.js'));
  try {
    return loadConfig();
  } catch (error) {
    throw new StepError(error.message);
  }
}

/** Refuses with the names of the variables when a port is taken by somebody else. */
export async function requireFreePorts(ports, host) {
  const taken = [];
  for (const [variable, port] of Object.entries(ports)) {
    if (port !== 0 && !(await isFree(port, host))) taken.push([variable, port]);
  }
  if (taken.length === 0) return;
  const lines = taken.map(
    ([variable, port]) => `Port ${port} is in use. Stop what uses it, or set ${variable} to another port.`,
  );
  const [variable, port] = taken[0];
  throw new StepError([...lines, `For example: ${variable}=${port + 10_000} npm start`].join('\n'));
}

function isFree(port, host) {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', (error) => resolve(error.code !== 'EADDRINUSE'));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
