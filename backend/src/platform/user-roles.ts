import { z } from 'zod';
import type { AuditAction } from './audit.js';
import { AppError } from './errors.js';
import { rememberReads } from './remember-reads.js';
import type { ControlStore, Scope } from './tenancy.js';

/** What a user of a tenant may do, on top of what the key may. Each may what those before it may. */
export const userRoles = ['none', 'viewer', 'operator', 'admin'] as const;
export type UserRole = (typeof userRoles)[number];

const roleSchema = z.enum(userRoles);

export const tenantUserSchema = z.object({ user: z.string(), role: roleSchema });
/** A user who was given a role here, by the login that Grafana signs. */
export type TenantUser = z.infer<typeof tenantUserSchema>;

/** What was given counts everywhere within this time. */
const trustedMs = 10_000;
const nameCharsMax = 128;

/** What goes out of the house by itself, or is taken away from others. */
const operatorsDeeds = /^(schedule\.|report\.removed$)/;

/** The least role with which a verified user may do what needs a key with this scope. */
export function leastRole(scope: Scope, action?: AuditAction): UserRole {
  if (scope === 'admin') return 'admin';
  return action !== undefined && operatorsDeeds.test(action) ? 'operator' : 'viewer';
}

/** Somebody whom Grafana has verified, with the role that it says. */
export interface VerifiedUser {
  readonly name: string;
  readonly role?: UserRole | undefined;
}

/** The role of somebody whom Grafana has verified: the one that was given here, or else the one that Grafana says. */
export type ReadUserRole = (tenantId: string, user: VerifiedUser) => Promise<UserRole>;

type RoleSettings = Pick<ControlStore, 'listSettings'>;

/** Reads what was given, at most so often. */
export function createUserRoleReader(options: {
  readonly store: RoleSettings;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
}): ReadUserRole {
  const { now, store } = options;
  const read = rememberReads((tenantId) => readGiven(store, tenantId), { trustedMs, now });
  return async (tenantId, { name, role }) => (await read(tenantId)).get(keyOf(name)) ?? role ?? 'viewer';
}

/** Throws `AppError` 403 `role_missing`. */
export async function requireRole(
  readRole: ReadUserRole,
  tenantId: string,
  { least, user }: { readonly least: UserRole; readonly user: VerifiedUser },
): Promise<void> {
  const role = await readRole(tenantId, user);
  if (userRoles.indexOf(role) >= userRoles.indexOf(least)) return;
  const reason = `This needs the role ${least}. ${user.name} has the role ${role}.`;
  throw new AppError('role_missing', reason, { status: 403 });
}

async function readGiven(store: RoleSettings, tenantId: string): Promise<ReadonlyMap<string, UserRole>> {
  return new Map((await listUserRoles(store, tenantId)).map(({ role, user }) => [user, role]));
}

/** Those who were given one, by name. */
export async function listUserRoles(store: RoleSettings, tenantId: string): Promise<readonly TenantUser[]> {
  const prefix = prefixOf(tenantId);
  const found = await store.listSettings(prefix);
  return found.map(({ name, value }) => ({ user: name.slice(prefix.length), role: roleSchema.parse(value) }));
}

/** Throws `AppError` 400 `user_invalid`. */
export async function putUserRole(
  store: Pick<ControlStore, 'putSetting'>,
  tenantId: string,
  { role, user }: TenantUser,
): Promise<void> {
  await store.putSetting(settingOf(tenantId, user), role);
}

/** From now on what Grafana says counts. Throws `AppError` 404 `user_unknown`, 400 `user_invalid`. */
export async function removeUserRole(
  store: Pick<ControlStore, 'removeSetting'>,
  tenantId: string,
  user: string,
): Promise<void> {
  if (await store.removeSetting(settingOf(tenantId, user))) return;
  const reason = `${JSON.stringify(user.slice(0, nameCharsMax))} was given no role.`;
  throw new AppError('user_unknown', reason, { status: 404, pointer: '/user' });
}

/** Grafana tells logins apart without their case. */
function keyOf(name: string): string {
  return name.trim().toLowerCase();
}

/** No id of a tenant has a slash in it. */
function prefixOf(tenantId: string): string {
  return `user-role/${tenantId}/`;
}

/** Where the role of this login is kept, if it was given one. */
export function userRoleSetting(tenantId: string, user: string): string {
  return `${prefixOf(tenantId)}${keyOf(user)}`;
}

function settingOf(tenantId: string, user: string): string {
  const name = keyOf(user);
  if (name !== '' && name.length <= nameCharsMax && !/[\p{Cc}\p{Cs}]/u.test(name))
    return userRoleSetting(tenantId, user);
  const reason = `A user has a login of 1 to ${nameCharsMax} characters.`;
  throw new AppError('user_invalid', reason, { status: 400, pointer: '/user' });
}
