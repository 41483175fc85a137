import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { relative, root } from './paths.mjs';

/** A step that failed: its message says what, where the log is, and what to do. */
export class StepError extends Error {}

/**
 * Named steps with their seconds on `out`, the commands' own words in a log file.
 * On a terminal the running step counts its seconds; elsewhere it prints one line at its end. `signal` ends commands.
 */
export function createSteps({ logFile, out = process.stdout, signal }) {
  fs.mkdirSync(path.dirname(logFile), { recursive: true });
  fs.writeFileSync(logFile, '');

  async function step(name, work, hint) {
    const started = Date.now();
    const seconds = () => ((Date.now() - started) / 1_000).toFixed(1).padStart(6);
    const tick = () => out.write(`\r  … ${name.padEnd(48)} ${seconds()} s`);
    const timer = out.isTTY ? setInterval(tick, 200) : undefined;
    if (!out.isTTY) out.write(`  … ${name}\n`);
    fs.appendFileSync(logFile, `\n== ${name}\n`);
    let mark = '✗';
    try {
      const result = await work();
      mark = '✓';
      return result;
    } catch (error) {
      throw explain(name, error, hint);
    } finally {
      clearInterval(timer);
      out.write(`${out.isTTY ? '\r' : ''}  ${mark} ${name.padEnd(48)} ${seconds()} s\n`);
    }
  }

  function explain(name, error, hint) {
    if (error instanceof StepError) return error;
    const lines = [
      `${name} failed: ${error.message}`,
      ...lastLines(logFile),
      `The whole log: ${relative(logFile)}`,
    ];
    if (hint !== undefined) lines.push(hint);
    return new StepError(lines.join('\n'));
  }

  return {
    logFile,
    step,
    /** Runs a command; its output goes to the log. Rejects when it ends with another code than 0. */
    run: (command, args, options = {}) => runLogged(logFile, command, args, { signal, ...options }),
  };
}

function runLogged(logFile, command, args, { cwd = root, env = {}, signal }) {
  const log = fs.openSync(logFile, 'a');
  fs.writeSync(log, `$ ${[command, ...args].join(' ')}\n`);
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', log, log],
      signal,
    });
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`${path.basename(command)} ended with ${signal ?? `code ${code}`}`));
    });
  }).finally(() => fs.closeSync(log));
}

function lastLines(logFile) {
  const lines = fs.readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-20);
  return lines.map((line) => `    ${line.slice(0, 300)}`);
}

/** How to start npm from a script: the very npm that started us, where there is one. */
export function npm(args) {
  const own = process.env.npm_execpath;
  return own !== undefined && /npm-cli\.c?js$/.test(own) ? [process.execPath, [own, ...args]] : ['npm', args];
}

/** Runs a script's main function; a foreseen failure prints its sentence and ends with code 1. */
export async function main(work) {
  try {
    process.exitCode = (await work()) ?? process.exitCode ?? 0;
  } catch (error) {
    process.stderr.write(`\n${error instanceof StepError ? error.message : error.stack}\n`);
    process.exitCode = 1;
  }
}
