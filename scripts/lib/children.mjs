import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { backendFlags } from './node-flags.mjs';
import { root } from './paths.mjs';

const followParent = pathToFileURL(path.join(root, 'scripts/lib/follow-parent.mjs')).href;

/** Starts a Node script whose words go to the log file. `ended` resolves with `{ code, signal }` and never rejects. */
export function startChild(name, script, { env, logFile }) {
  const log = fs.openSync(logFile, 'a');
  const child = spawn(
    process.execPath,
    [...backendFlags, '--import', followParent, path.join(root, script)],
    {
      cwd: root,
      detached: true,
      env: { ...process.env, ...env },
      stdio: ['ignore', log, log, 'ipc'],
    },
  );
  fs.closeSync(log);
  const state = { name, pid: child.pid, isRunning: true, kill: (signal) => child.kill(signal) };
  state.ended = new Promise((resolve) => {
    const end = (code, signal) => {
      state.isRunning = false;
      resolve({ code, signal });
    };
    child.once('error', () => end(1, null));
    child.once('exit', end);
  });
  return state;
}

/** Asks a child to end, and insists after a while. Resolves when it is gone. */
export async function stopChild(child, { graceMs }) {
  if (!child.isRunning) return;
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await child.ended;
  clearTimeout(timer);
}

/** Passes on log lines of level warn and above, and the progress of the demo history, as they are written. */
export function followLog(logFile, write) {
  let offset = fs.statSync(logFile).size;
  const timer = setInterval(() => {
    const { text, end } = readFrom(logFile, offset);
    offset = end;
    for (const line of text.split('\n')) {
      const told = describeLine(line);
      if (told !== undefined) write(told);
    }
  }, 500);
  timer.unref();
}

/** Whole lines after an offset. A line that is still being written waits for the next time. */
function readFrom(logFile, offset) {
  const text = fs.readFileSync(logFile).subarray(offset).toString('utf8');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  return { text: whole, end: offset + Buffer.byteLength(whole) };
}

function describeLine(line) {
  if (!line.startsWith('{')) return undefined;
  try {
    return describeRecord(JSON.parse(line));
  } catch {
    return undefined;
  }
}

function describeRecord({ level, service, msg, err, percent }) {
  if (level >= 40) {
    const reason = err?.message ? `: ${err.message}` : '';
    return `${level >= 50 ? 'error' : 'warning'} (${service}): ${msg}${reason}`;
  }
  return typeof percent === 'number' ? `${msg} ${Math.round(percent)} %` : undefined;
}
