import type { Request, RequestHandler, Response } from 'express';
import { grafanaUserOf } from '../../platform/grafana-user.js';
import type { Logger } from '../../platform/logger.js';
import type { Principal } from '../../platform/tenancy.js';

export interface RequestLogOptions {
  readonly logger: Logger;
  /** `slow` are those that were refused or took a second. */
  readonly which: 'all' | 'slow' | 'none';
}

const slowMs = 1_000;
const idCharsMax = 64;
const pathCharsMax = 200;

/**
 * One line for each request, when its answer is complete or its client is gone: whose it was and, where Grafana says so,
 * for which user, panel and dashboard. No bodies, no parameters.
 */
export function createRequestLog(
  { logger, which }: RequestLogOptions,
  findPrincipal: (response: Response) => Principal | undefined,
): RequestHandler {
  return (request, response, next) => {
    if (which !== 'none') {
      const startedMs = performance.now();
      response.once('close', () => {
        const durationMs = Math.round(performance.now() - startedMs);
        if (which === 'slow' && durationMs < slowMs && response.statusCode < 400) return;
        const principal = findPrincipal(response);
        const line = { ...describe(request, response), tenantId: principal?.tenant.id, durationMs };
        logger.info(line, 'request answered');
      });
    }
    next();
  };
}

function describe(request: Request, response: Response): object {
  const user = grafanaUserOf(request);
  return {
    method: request.method,
    path: request.path.slice(0, pathCharsMax),
    status: response.statusCode,
    isComplete: response.writableFinished,
    dashboardUid: cleanId(request.headers['x-dashboard-uid']),
    panelId: cleanId(request.headers['x-panel-id']),
    user: user?.name,
    isUserVerified: user?.isVerified,
  };
}

/** What a header says of a dashboard or panel, in the letters that ids are made of; a client may send anything. */
export function cleanId(header: string | readonly string[] | undefined): string | undefined {
  const text = typeof header === 'string' ? header : header?.[0];
  const cleaned = text
    ?.slice(0, idCharsMax * 4)
    .replace(/[^\w.:-]/g, '')
    .slice(0, idCharsMax);
  return cleaned === '' ? undefined : cleaned;
}
