import { goalsSchema } from '@coditect/contracts';
import express, { type Express, type Response } from 'express';
import { namedGoalSchema, parseGoalKind } from '../../platform/goal-requests.js';
import type { GoalSettings } from '../../platform/goals.js';
import { bytesOf, parseJsonBody, type Gate } from '../../platform/http-requests.js';

/** Roomy enough for as many goals as a tenant may have. */
const bodyBytesMax = 1_048_576;

/** Looking wants a key with the scope `read`, changing one with `admin`; its tenant is whose goals are meant. */
export function mountGoalRoutes(app: Express, gate: Gate, goals: GoalSettings): void {
  const body = express.raw({ type: () => true, limit: bodyBytesMax });
  const change = gate.change('admin', 'goals.changed');
  const tenantIdIn = (response: Response): string => gate.principalOf(response).tenant.id;

  app.get('/v1/goals', gate.require('read'), async (_request, response) => {
    response.json(await goals.get(tenantIdIn(response)));
  });
  app.put('/v1/goals', change, body, async (request, response) => {
    const wanted = parseJsonBody(goalsSchema, bytesOf(request));
    response.json(await goals.replace(tenantIdIn(response), wanted));
  });
  app.put('/v1/goals/:kind/:name', change, body, async (request, response) => {
    const kind = parseGoalKind(String(request.params['kind']));
    const schema = namedGoalSchema(kind, String(request.params['name']));
    response.json(await goals.put(tenantIdIn(response), parseJsonBody(schema, bytesOf(request))));
  });
  app.delete('/v1/goals/:kind/:name', change, async (request, response) => {
    const kind = parseGoalKind(String(request.params['kind']));
    response.json(await goals.remove(tenantIdIn(response), kind, String(request.params['name'])));
  });
}
