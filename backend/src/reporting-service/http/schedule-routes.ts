import { scheduleRequestSchema } from '@coditect/contracts';
import express, { type Express, type Request, type Response } from 'express';
import { z } from 'zod';
import {
  bytesOf,
  parseJsonBody,
  parseParameters,
  signalOf,
  type Gate,
} from '../../platform/http-requests.js';
import type { Tenant } from '../../platform/tenancy.js';
import type { ScheduleRequests } from '../schedules/schedule-requests.js';

export interface ScheduleRoutesOptions {
  readonly schedules: ScheduleRequests;
  readonly bodyBytesMax: number;
}

const runsQuerySchema = z.object({ limit: z.coerce.number().int().min(1).max(500).default(50) });

/** Every one wants a key with the scope `report`; its tenant is whose schedules are meant. */
export function mountScheduleRoutes(app: Express, gate: Gate, options: ScheduleRoutesOptions): void {
  const { schedules } = options;
  const report = gate.require('report');
  type Change = 'created' | 'changed' | 'removed' | 'paused' | 'resumed' | 'run';
  const change = (what: Change) => gate.change('report', `schedule.${what}`);
  const body = express.raw({ type: () => true, limit: options.bodyBytesMax });
  const tenantIn = (response: Response): Tenant => gate.principalOf(response).tenant;

  app.get('/v1/schedules', report, async (_request, response) => {
    response.json(await schedules.list(tenantIn(response)));
  });
  app.post('/v1/schedules', change('created'), body, async (request, response) => {
    const wanted = parseJsonBody(scheduleRequestSchema, bytesOf(request));
    const made = await schedules.create(gate.principalOf(response), wanted, signalOf(response));
    response.status(201).location(`/v1/schedules/${made.id}`).json(made);
  });
  app.get('/v1/schedules/:id', report, async (request, response) => {
    response.json(await schedules.get(tenantIn(response), idIn(request)));
  });
  app.put('/v1/schedules/:id', change('changed'), body, async (request, response) => {
    const wanted = parseJsonBody(scheduleRequestSchema, bytesOf(request));
    const tenant = tenantIn(response);
    response.json(await schedules.replace(tenant, idIn(request), wanted, signalOf(response)));
  });
  app.delete('/v1/schedules/:id', change('removed'), async (request, response) => {
    await schedules.remove(tenantIn(response), idIn(request));
    response.status(204).end();
  });
  app.post('/v1/schedules/:id/pause', change('paused'), async (request, response) => {
    response.json(await schedules.setPaused(tenantIn(response), idIn(request), true));
  });
  app.post('/v1/schedules/:id/resume', change('resumed'), async (request, response) => {
    response.json(await schedules.setPaused(tenantIn(response), idIn(request), false));
  });
  app.post('/v1/schedules/:id/run', change('run'), async (request, response) => {
    response.status(202).json(await schedules.run(tenantIn(response), idIn(request)));
  });
  app.get('/v1/schedules/:id/runs', report, async (request, response) => {
    const { limit } = parseParameters(runsQuerySchema, request.query);
    response.json({ runs: await schedules.listRuns(tenantIn(response), idIn(request), limit) });
  });
}

/** Express types a parameter as one text or several; the routes here have one. */
function idIn(request: Request): string {
  return String(request.params['id']);
}
