import { Option, type Command } from 'commander';
import type { TenantUsers, UserOperations } from '../admin/user-operations.js';
import { userRoles, type UserRole } from '../platform/user-roles.js';
import { formatTable, type Output } from './output.js';

/** Gets at them for the time of one command. */
export type WithUsers = <T>(work: (operations: UserOperations) => Promise<T>) => Promise<T>;

interface UserOptions {
  readonly tenant: string;
  readonly json?: boolean;
}

/** `users list`, `users set`, `users remove`. */
export function addUserCommands(
  program: Command,
  withUsers: WithUsers,
  output: Pick<Output, 'print' | 'note'>,
): void {
  const users = program
    .command('users')
    .description("roles of a tenant's users, whom Grafana has signed; without one here Grafana's own counts");
  const command = (words: string, description: string): Command =>
    users
      .command(words)
      .description(description)
      .requiredOption('--tenant <tenant>', 'id or name of the tenant')
      .option('--json', 'print JSON');
  const show = (found: TenantUsers, { json }: UserOptions): void => {
    output.print(json === true ? JSON.stringify(found) : toTable(found));
  };

  command('list', 'list those who were given a role').action(async (options: UserOptions) => {
    show(await withUsers((operations) => operations.listUsers(options.tenant)), options);
  });
  command('set <login>', 'give a role')
    .addOption(new Option('--role <role>', 'what the user may do').choices(userRoles).makeOptionMandatory())
    .action(async (user: string, options: UserOptions & { readonly role: UserRole }) => {
      const { role, tenant } = options;
      show(await withUsers((operations) => operations.putUser(tenant, { user, role })), options);
    });
  command('remove <login>', "take the role away: from now on Grafana's own counts").action(
    async (user: string, options: UserOptions) => {
      show(await withUsers((operations) => operations.removeUser(options.tenant, user)), options);
    },
  );
}

function toTable({ users }: TenantUsers): string {
  return formatTable(
    ['USER', 'ROLE'],
    users.map(({ role, user }) => [user, role]),
  );
}
