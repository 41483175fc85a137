import { goalsSchema } from '@coditect/contracts';
import type { Express } from 'express';
import { namedGoalSchema, parseGoalKind } from '../platform/goal-requests.js';
import type { GoalOperations } from './goal-operations.js';
import { parseBody } from './parse-body.js';

/** Goals of any tenant. */
export function mountGoals(app: Express, operations: GoalOperations): void {
  const path = '/admin/v1/tenants/:tenant/goals';
  app.get(path, async (request, response) => {
    response.json(await operations.getGoals(request.params.tenant));
  });
  app.put(path, async (request, response) => {
    const wanted = parseBody(goalsSchema, request.body);
    response.json(await operations.replaceGoals(request.params.tenant, wanted));
  });
  app.put(`${path}/:kind/:name`, async (request, response) => {
    const { kind, name, tenant } = request.params;
    const named = parseBody(namedGoalSchema(parseGoalKind(kind), name), request.body);
    response.json(await operations.putGoal(tenant, named));
  });
  app.delete(`${path}/:kind/:name`, async (request, response) => {
    const { kind, name, tenant } = request.params;
    response.json(await operations.removeGoal(tenant, parseGoalKind(kind), name));
  });
}
