import { InvalidArgumentError, type Command } from 'commander';
import type { ControlOperations } from '../admin/operations.js';
import { auditPageMax, type AuditActor, type AuditEntry, type AuditVerification } from '../platform/audit.js';
import type { NotedHead } from '../platform/audit.js';
import { AppError } from '../platform/errors.js';
import type { OperationsOpener } from './operations-opener.js';
import { formatTable, type Output } from './output.js';

interface JsonOption {
  readonly json?: boolean;
}

interface VerifyOptions extends JsonOption {
  readonly tenant?: string;
  readonly expect?: NotedHead;
}

/** `audit list`, `audit verify`. */
export function addAuditCommands(program: Command, opener: () => OperationsOpener, output: Output): void {
  const audit = program.command('audit').description('who did what: entries that are only ever added to');
  audit
    .command('list')
    .description('list entries, the newest first')
    .option('--tenant <tenant>', 'of this tenant; those of the platform, unless it is given')
    .option('--limit <number>', `how many, up to ${auditPageMax}`, parsePositive, 50)
    .option('--before <position>', 'only entries before this one', parsePositive)
    .option('--json', 'print JSON')
    .action(async (options: JsonOption & { tenant?: string; limit: number; before?: number }) => {
      const { json, ...query } = options;
      const page = await opener().withControl((operations) => operations.listAudit(query));
      output.print(json === true ? JSON.stringify(page) : formatEntries(page.entries));
    });
  audit
    .command('verify')
    .description('check that every entry follows the one before it; fails with the first that does not')
    .option('--tenant <tenant>', 'of this tenant; those of all and of the platform, unless it is given')
    .option(
      '--expect <position:hash>',
      'an end of the chain that was noted earlier, which must still be in it',
      parseHead,
    )
    .option('--json', 'print JSON')
    .action(async (options: VerifyOptions) => {
      const found = await opener().withControl((operations) => verify(operations, options));
      output.print(options.json === true ? JSON.stringify(found) : found.map(formatChain).join('\n'));
      const broken = found.filter((chain) => chain.broken !== null).map(({ tenant }) => nameOf(tenant));
      if (broken.length > 0)
        throw new AppError('audit_broken', `The audit log was tampered with: ${broken.join(', ')}.`, {
          status: 500,
        });
    });
}

/** The chain of a tenant; or that of the platform and then those of all tenants. */
async function verify(
  operations: Pick<ControlOperations, 'listTenants' | 'verifyAudit'>,
  { expect: noted, tenant }: VerifyOptions,
): Promise<readonly AuditVerification[]> {
  if (tenant !== undefined || noted !== undefined) return [await operations.verifyAudit({ tenant, noted })];
  const chains = [await operations.verifyAudit({})];
  for (const { id } of await operations.listTenants())
    chains.push(await operations.verifyAudit({ tenant: id }));
  return chains;
}

function nameOf(tenant: string | null): string {
  return tenant ?? '(platform)';
}

function formatChain({ broken, entries, head, removed, tenant }: AuditVerification): string {
  if (broken !== null)
    return `${nameOf(tenant)}: entry ${broken.position} does not fit. ${broken.reason} ${entries} before it do.`;
  return head === null
    ? `${nameOf(tenant)}: no entries.`
    : `${nameOf(tenant)}: ${entries} entries fit${removed > 0 ? ` after ${removed} that were removed by their age` : ''}. The last is ${head.position}:${head.hash}`;
}

function formatEntries(entries: readonly AuditEntry[]): string {
  const rows = entries.map(({ action, actor, at, details, outcome, position, target }) => [
    String(position),
    at,
    describeActor(actor),
    action,
    target ?? '-',
    outcome,
    Object.entries(details)
      .map(([name, value]) => `${name}=${value}`)
      .join(' '),
  ]);
  return formatTable(['ENTRY', 'AT', 'WHO', 'ACTION', 'OF', 'OUTCOME', 'DETAILS'], rows);
}

function describeActor(actor: AuditActor): string {
  if (actor.kind === 'key') return actor.user === undefined ? actor.keyId : `${actor.keyId} (${actor.user})`;
  return actor.kind === 'process' ? actor.name : 'command line';
}

function parsePositive(text: string): number {
  const number = /^\d{1,15}$/.test(text) ? Number(text) : 0;
  if (number > 0) return number;
  throw new InvalidArgumentError(`${JSON.stringify(text)} is no whole number above 0.`);
}

function parseHead(text: string): NotedHead {
  const [, position, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (position === undefined || hash === undefined)
    throw new InvalidArgumentError('It is not of the form POSITION:HASH, as `audit verify` prints it.');
  return { position: Number(position), hash };
}
