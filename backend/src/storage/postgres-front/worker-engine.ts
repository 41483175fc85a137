import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Logger } from '../../platform/logger.js';
import { AppError } from '../../platform/errors.js';
import { workerAnswer, type WorkerRequest } from './worker-messages.js';
import type { WireEngine } from './wire-engine.js';

/** Between the end of an engine and the next attempt. */
const reopenPauseMs = 200;

interface Pending {
  readonly resolve: (answers: readonly Buffer[]) => void;
  readonly reject: (error: Error) => void;
}

interface Running {
  readonly worker: Worker;
  readonly pending: Map<number, Pending>;
  readonly opened: Promise<void>;
  readonly ended: Promise<void>;
}

/**
 * The engine in a thread of its own, because a statement blocks it. When the engine ends by a fault, everything under
 * way rejects and the folder is opened anew, as after a crash.
 */
export async function openWorkerEngine(options: { folder: string; logger: Logger }): Promise<WireEngine> {
  const listeners: (() => void)[] = [];
  let isClosing = false;
  let running = startWorker(options.folder);
  let nextId = 1;
  watch(running);
  try {
    await running.opened;
  } catch (cause) {
    isClosing = true;
    const reason = `The database in ${options.folder} can't be opened.`;
    throw new AppError('database_unavailable', reason, { status: 503, cause });
  }

  function watch(started: Running): void {
    void started.ended.then(() => {
      if (isClosing) return;
      options.logger.error({ folder: options.folder }, 'the PostgreSQL engine ended and is opened again');
      for (const listener of listeners) listener();
      setTimeout(reopen, reopenPauseMs);
    });
  }

  function reopen(): void {
    if (isClosing) return;
    running = startWorker(options.folder);
    running.opened.catch((error: unknown) => {
      options.logger.error({ err: error }, 'the PostgreSQL engine can not be opened again');
    });
    watch(running);
  }

  return {
    async run(messages) {
      const { opened, pending, worker } = running;
      await opened;
      const id = nextId;
      nextId += 1;
      return new Promise((resolve, reject) => {
        pending.set(id, { resolve, reject });
        // Copies: a piece of a buffer would take the whole buffer along.
        const copies = messages.map((message) => Uint8Array.from(message));
        worker.postMessage({ id, messages: copies } satisfies WorkerRequest);
      });
    },
    onLost(listener) {
      listeners.push(listener);
    },
    async close() {
      isClosing = true;
      running.worker.postMessage({ id: 0, messages: [] } satisfies WorkerRequest);
      await running.ended;
    },
  };
}

function startWorker(folder: string): Running {
  const worker = new Worker(join(__dirname, 'engine-worker.js'), { workerData: { folder } });
  const pending = new Map<number, Pending>();
  let open: () => void = () => undefined;
  let failOpen: (error: Error) => void = () => undefined;
  const opened = new Promise<void>((resolve, reject) => {
    open = resolve;
    failOpen = reject;
  });
  // Whoever waits for it hears of it; here it must only not count as unheard.
  opened.catch(() => undefined);
  worker.on('message', (message: unknown) => {
    const { id, answers, fault } = workerAnswer.parse(message);
    if (id === 0) {
      open();
      return;
    }
    const waiter = pending.get(id);
    pending.delete(id);
    if (fault === undefined) waiter?.resolve(answers.map((answer) => Buffer.from(answer)));
    else waiter?.reject(new Error(fault));
  });
  const ended = new Promise<void>((resolve) => {
    const end = (error: Error): void => {
      failOpen(error);
      for (const waiter of pending.values()) waiter.reject(error);
      pending.clear();
      resolve();
    };
    worker.once('error', end);
    worker.once('exit', () => {
      end(new Error('the PostgreSQL engine has ended'));
    });
  });
  return { worker, pending, opened, ended };
}
