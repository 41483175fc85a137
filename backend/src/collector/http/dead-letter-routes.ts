import type { Express, Request } from 'express';
import { type z } from 'zod';
import type { DeadLetterReplay } from '../../messaging/dead-letter-replay.js';
import {
  createUnknownLetterError,
  deadLetterQuerySchema,
  parseParameters,
  parseReplayBody,
  replayAllSchema,
  replayOneSchema,
} from '../../platform/dead-letter-requests.js';
import type { DeadLetterReader } from '../../platform/dead-letters.js';
import { AppError } from '../../platform/errors.js';
import type { BodyBudget } from '../body-budget.js';
import type { CollectorLimits } from '../limits.js';
import type { Gate } from './gate.js';
import { parseJsonBody } from './media-type.js';
import { readBody } from './read-body.js';

export interface DeadLetterAccess {
  readonly letters: DeadLetterReader;
  readonly replay: DeadLetterReplay;
}

export interface DeadLetterRoutesOptions extends DeadLetterAccess {
  readonly gate: Gate;
  readonly limits: Pick<CollectorLimits, 'bodyBytesMax' | 'inflatedBytesMax'>;
  readonly bodies: BodyBudget;
}

const listPath = '/v1/dead-letters';
const onePath = '/v1/dead-letters/:id';
const replayAllPath = '/v1/dead-letters/replay';
const replayOnePath = '/v1/dead-letters/:id/replay';

/**
 * What a tenant's admin sees and replays of the messages that were given up on. Each wants a key with the scope
 * `admin`; its tenant is the only one that the answer knows of.
 */
export function mountDeadLetterRoutes(app: Express, options: DeadLetterRoutesOptions): void {
  const { gate, letters, replay } = options;

  async function readReplay<T>(tenantId: string, request: Request, schema: z.ZodType<T>): Promise<T> {
    return options.bodies.hold(tenantId, async (share) => {
      const body = await readBody(request, options.limits, share);
      return parseReplayBody(schema, body.length === 0 ? {} : parseJsonBody(body));
    });
  }

  app.get(listPath, async (request, response) => {
    const page = await gate.pass(
      request.headers,
      async ({ tenant }) => {
        const { limit, cursor, ...filter } = parseParameters(deadLetterQuerySchema, request.query);
        return letters.list(tenant.id, filter, { limit, cursor, order: 'newest' });
      },
      'admin',
    );
    response.json(page);
  });
  app.get(onePath, async (request, response) => {
    const { id } = request.params;
    const letter = await gate.pass(request.headers, ({ tenant }) => letters.find(tenant.id, id), 'admin');
    if (letter === undefined) throw createUnknownLetterError(id);
    response.json(letter);
  });
  app.post(replayAllPath, async (request, response) => {
    const report = await gate.pass(
      request.headers,
      async ({ tenant }) => {
        const { dryRun, ...query } = await readReplay(tenant.id, request, replayAllSchema);
        return replay.replayAll(tenant.id, query, { dryRun });
      },
      'admin',
    );
    response.json(report);
  });
  app.post(replayOnePath, async (request, response) => {
    const report = await gate.pass(
      request.headers,
      async ({ tenant }) =>
        replay.replayOne(tenant.id, request.params.id, await readReplay(tenant.id, request, replayOneSchema)),
      'admin',
    );
    response.json(report);
  });
  refuseOtherMethods(app, [replayAllPath, replayOnePath], 'POST');
  refuseOtherMethods(app, [listPath, onePath], 'GET');
}

function refuseOtherMethods(app: Express, paths: string[], allowed: string): void {
  app.all(paths, (_request, response) => {
    response.set('allow', allowed);
    throw new AppError('method_not_allowed', `Send a ${allowed} request.`, { status: 405 });
  });
}
