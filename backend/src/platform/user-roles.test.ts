import type { AuditAction } from './audit.js';
import {
  createUserRoleReader,
  leastRole,
  listUserRoles,
  putUserRole,
  removeUserRole,
  requireRole,
  type UserRole,
} from './user-roles.js';
import type { Scope } from './tenancy.js';

function createSettings() {
  const settings = new Map<string, string>();
  return {
    listSettings: (prefix: string) =>
      Promise.resolve(
        [...settings].filter(([name]) => name.startsWith(prefix)).map(([name, value]) => ({ name, value })),
      ),
    putSetting(name: string, value: string) {
      settings.set(name, value);
      return Promise.resolve();
    },
    removeSetting: (name: string) => Promise.resolve(settings.delete(name)),
  };
}

describe('the least role', () => {
  it.each<[Scope, AuditAction | undefined, UserRole]>([
    ['read', undefined, 'viewer'],
    ['report', undefined, 'viewer'],
    ['report', 'report.requested', 'viewer'],
    ['report', 'report.downloaded', 'viewer'],
    ['report', 'report.cancelled', 'viewer'],
    ['report', 'report.removed', 'operator'],
    ['report', 'schedule.created', 'operator'],
    ['report', 'schedule.run', 'operator'],
    ['admin', undefined, 'admin'],
    ['admin', 'goals.changed', 'admin'],
    ['admin', 'branding.changed', 'admin'],
  ])('for the scope %s and %s is %s', (scope, action, role) => {
    expect(leastRole(scope, action)).toBe(role);
  });
});

describe('the role of a user', () => {
  it('is what was given here, in any spelling of the login, and else what Grafana says', async () => {
    const store = createSettings();
    await putUserRole(store, 'acme', { user: 'Ada', role: 'operator' });
    const read = createUserRoleReader({ store, now: () => 0 });
    expect(await read('acme', { name: 'ADA', role: 'admin' })).toBe('operator');
    expect(await read('acme', { name: 'eve', role: 'admin' })).toBe('admin');
    expect(await read('acme', { name: 'eve' })).toBe('viewer');
  });

  it('is not that of the same login at another tenant, however its id begins', async () => {
    const store = createSettings();
    await putUserRole(store, 'acme-north', { user: 'ada', role: 'admin' });
    await putUserRole(store, 'acme', { user: 'north/ada', role: 'admin' });
    const read = createUserRoleReader({ store, now: () => 0 });
    expect(await read('acme', { name: 'ada', role: 'none' })).toBe('none');
    expect(await listUserRoles(store, 'acme')).toEqual([{ user: 'north/ada', role: 'admin' }]);
  });

  it('counts within ten seconds when it was changed, and is taken away', async () => {
    const store = createSettings();
    let nowMs = 0;
    const read = createUserRoleReader({ store, now: () => nowMs });
    expect(await read('acme', { name: 'ada', role: 'admin' })).toBe('admin');
    await putUserRole(store, 'acme', { user: 'ada', role: 'none' });
    nowMs = 10_000;
    expect(await read('acme', { name: 'ada', role: 'admin' })).toBe('none');
    await removeUserRole(store, 'acme', 'ADA');
    nowMs = 20_000;
    expect(await read('acme', { name: 'ada', role: 'admin' })).toBe('admin');
    await expect(removeUserRole(store, 'acme', 'ada')).rejects.toMatchObject({ code: 'user_unknown' });
  });

  it.each(['', ' ', 'a\nb', 'x'.repeat(129)])('is given to nobody without a login: %j', async (user) => {
    await expect(putUserRole(createSettings(), 'acme', { user, role: 'viewer' })).rejects.toMatchObject({
      code: 'user_invalid',
    });
  });

  it('lets those do it who have it or a higher one', async () => {
    const asked = (role: UserRole, least: UserRole): Promise<void> =>
      requireRole(() => Promise.resolve(role), 'acme', { least, user: { name: 'ada' } });
    await expect(asked('admin', 'operator')).resolves.toBeUndefined();
    await expect(asked('operator', 'operator')).resolves.toBeUndefined();
    await expect(asked('viewer', 'operator')).rejects.toMatchObject({ code: 'role_missing', status: 403 });
    await expect(asked('none', 'viewer')).rejects.toMatchObject({ code: 'role_missing' });
  });
});
