import { Option, type Command } from 'commander';
import { webhookKinds, type WebhookKind, type WebhookRecord } from '../platform/webhooks.js';
import type { OperationsOpener } from './operations-opener.js';
import { formatTable, type Output } from './output.js';

interface JsonOption {
  readonly json?: boolean;
}

/** `webhooks create`, `webhooks list`, `webhooks revoke`. */
export function addWebhookCommands(program: Command, opener: () => OperationsOpener, output: Output): void {
  const webhooks = program.command('webhooks').description('signed requests of other services');
  webhooks
    .command('create')
    .description('create a webhook; its secret is shown once')
    .requiredOption('--tenant <tenant>', 'id or name of the tenant')
    .addOption(new Option('--kind <kind>', 'who sends it').choices(webhookKinds).makeOptionMandatory())
    .option('--json', 'print JSON')
    .action(async (options: JsonOption & { tenant: string; kind: WebhookKind }) => {
      const { id, tenant, kind, secret, encrypted } = await opener().withControl((operations) =>
        operations.createWebhook(options.tenant, options.kind),
      );
      const path = `/v1/webhooks/${kind}/${id}`;
      if (options.json === true) {
        output.print(JSON.stringify({ tenant, kind, id, path, secret }));
        return;
      }
      output.print(`id      ${id}\npath    ${path}\nsecret  ${secret}`);
      output.note(
        `Webhook of ${tenant}. The path is the collector's. Keep the secret now: it is not shown again.`,
      );
      if (!encrypted) output.note('It is stored as it is: set SECRETS_KEY to have such secrets encrypted.');
    });
  webhooks
    .command('list')
    .description('list webhooks, without their secrets')
    .option('--tenant <tenant>', 'of this tenant only')
    .option('--json', 'print JSON')
    .action(async (options: JsonOption & { tenant?: string }) => {
      const found = await opener().withControl((operations) => operations.listWebhooks(options.tenant));
      output.print(options.json === true ? JSON.stringify(found) : formatWebhooks(found));
    });
  webhooks
    .command('revoke')
    .description('revoke a webhook; it stops at once')
    .argument('<id>', 'its id, as `webhooks list` shows it')
    .option('--json', 'print JSON')
    .action(async (id: string, options: JsonOption) => {
      const revoked = await opener().withControl((operations) => operations.revokeWebhook(id));
      output.print(
        options.json === true
          ? JSON.stringify(revoked)
          : `Revoked webhook ${revoked.id} of ${revoked.tenant}.`,
      );
    });
}

function formatWebhooks(webhooks: readonly WebhookRecord[]): string {
  const rows = webhooks.map(({ id, tenant, kind, encrypted, createdAt, revokedAt }) => [
    id,
    tenant,
    kind,
    encrypted ? 'encrypted' : 'as it is',
    createdAt,
    revokedAt ?? '-',
  ]);
  return formatTable(['ID', 'TENANT', 'KIND', 'SECRET STORED', 'CREATED', 'REVOKED'], rows);
}
