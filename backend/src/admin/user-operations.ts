import { z } from 'zod';
import {
  listUserRoles,
  putUserRole,
  removeUserRole,
  tenantUserSchema,
  type TenantUser,
} from '../platform/user-roles.js';
import type { ControlStore } from '../platform/tenancy.js';

export const tenantUsersSchema = z.object({
  tenant: z.string(),
  /** Those who were given a role here. Of others Grafana's own counts. */
  users: z.array(tenantUserSchema),
});
export type TenantUsers = z.infer<typeof tenantUsersSchema>;

export const putUserSchema = tenantUserSchema.pick({ role: true });

/** Roles of a tenant's users. A tenant is named by its id or by its name. Each answers with all of them as they are then. */
export interface UserOperations {
  listUsers(idOrName: string): Promise<TenantUsers>;
  /** Throws `AppError` `user_invalid`. */
  putUser(idOrName: string, user: TenantUser): Promise<TenantUsers>;
  /** Throws `AppError` `user_unknown`. */
  removeUser(idOrName: string, user: string): Promise<TenantUsers>;
}

export function createUserOperations(
  store: Pick<ControlStore, 'listSettings' | 'putSetting' | 'removeSetting'>,
  getId: (idOrName: string) => Promise<string>,
): UserOperations {
  const answer = async (tenant: string): Promise<TenantUsers> => ({
    tenant,
    users: [...(await listUserRoles(store, tenant))],
  });
  return {
    listUsers: async (idOrName) => answer(await getId(idOrName)),
    async putUser(idOrName, user) {
      const tenant = await getId(idOrName);
      await putUserRole(store, tenant, user);
      return answer(tenant);
    },
    async removeUser(idOrName, user) {
      const tenant = await getId(idOrName);
      await removeUserRole(store, tenant, user);
      return answer(tenant);
    },
  };
}
