import type { Express } from 'express';
import { parseBody } from './parse-body.js';
import { putUserSchema, type UserOperations } from './user-operations.js';

/** Roles of users of any tenant. */
export function mountUsers(app: Express, operations: UserOperations): void {
  const path = '/admin/v1/tenants/:tenant/users';
  app.get(path, async (request, response) => {
    response.json(await operations.listUsers(request.params.tenant));
  });
  app.put(`${path}/:user`, async (request, response) => {
    const { tenant, user } = request.params;
    const { role } = parseBody(putUserSchema, request.body);
    response.json(await operations.putUser(tenant, { user, role }));
  });
  app.delete(`${path}/:user`, async (request, response) => {
    const { tenant, user } = request.params;
    response.json(await operations.removeUser(tenant, user));
  });
}
