import { FrontError } from './front-error.js';

/** The statements under way, by the id that their client gave them. */
export interface StatementRuns {
  /** Throws when a statement with this id is under way already, as a server does. */
  add(run: StatementRun): { readonly signal: AbortSignal; remove(): void };
  find(queryId: string): StatementRun | undefined;
  /** Stops one; it stays in the list until it has ended. */
  stop(queryId: string): void;
  stopAll(): void;
}

export interface StatementRun {
  readonly queryId: string;
  readonly sql: string;
}

export function createStatementRuns(): StatementRuns {
  const runs = new Map<string, { readonly run: StatementRun; readonly controller: AbortController }>();
  return {
    add(run) {
      if (runs.has(run.queryId)) {
        const reason = `Query with id = ${run.queryId} is already running`;
        throw new FrontError(216, 'QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING', reason, 500);
      }
      const controller = new AbortController();
      runs.set(run.queryId, { run, controller });
      return {
        signal: controller.signal,
        remove() {
          runs.delete(run.queryId);
        },
      };
    },
    find: (queryId) => runs.get(queryId)?.run,
    stop(queryId) {
      runs.get(queryId)?.controller.abort();
    },
    stopAll() {
      for (const { controller } of runs.values()) controller.abort();
    },
  };
}
