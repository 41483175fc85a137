import { Command } from 'commander';
import type { TenantUsers, UserOperations } from '../admin/user-operations.js';
import { addUserCommands } from './user-commands.js';

function createUsers() {
  let users: TenantUsers['users'] = [{ user: 'eve', role: 'none' }];
  const printed: string[] = [];
  const answer = (tenant: string): Promise<TenantUsers> => Promise.resolve({ tenant, users });
  const operations: UserOperations = {
    listUsers: answer,
    putUser(tenant, user) {
      users = [...users, user];
      return answer(tenant);
    },
    removeUser(tenant, removed) {
      users = users.filter(({ user }) => user !== removed);
      return answer(tenant);
    },
  };
  const program = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
  addUserCommands(program, (work) => work(operations), {
    print: (text) => printed.push(text),
    note: () => undefined,
  });
  return {
    printed,
    run: (...words: string[]) =>
      program.parseAsync(['users', ...words, '--tenant', 'acme'], { from: 'user' }),
  };
}

describe('users', () => {
  it('are given roles, which are shown, and lose them', async () => {
    const { printed, run } = createUsers();
    await run('set', 'ada', '--role', 'operator');
    await run('remove', 'eve', '--json');
    expect(printed[0]).toMatch(/^USER +ROLE\s+eve +none\s+ada +operator$/);
    expect(printed[1]).toBe('{"tenant":"acme","users":[{"user":"ada","role":"operator"}]}');
  });

  it('have no role that is not there', async () => {
    const { printed, run } = createUsers();
    await expect(run('set', 'ada', '--role', 'owner')).rejects.toMatchObject({ exitCode: 1 });
    await expect(run('set', 'ada')).rejects.toMatchObject({ exitCode: 1 });
    expect(printed).toEqual([]);
  });
});
