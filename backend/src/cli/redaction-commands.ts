import { Option, type Command } from 'commander';
import type { RedactionOperations } from '../admin/redaction-operations.js';
import { AppError } from '../platform/errors.js';
import {
  redactionActions,
  redactionRequestSchema,
  type RedactionAction,
  type RedactionRule,
  type TenantRedaction,
} from '../platform/redaction.js';
import { parseYaml, readYamlAs } from '../platform/yaml-files.js';
import type { OperationsOpener } from './operations-opener.js';
import { formatTable, type Output } from './output.js';
import { readTextFile, resolveFile } from './resolve-file.js';

interface TenantOptions {
  readonly tenant: string;
  readonly json?: boolean;
}
interface RuleOptions extends TenantOptions {
  readonly field: string;
}

export interface RedactionCommandContext {
  readonly opener: () => OperationsOpener;
  readonly output: Output;
  readonly callersDirectory: string | undefined;
}

/** `tenants redaction list`, `add`, `remove`, `import`. */
export function addRedactionCommands(tenants: Command, context: RedactionCommandContext): void {
  const redaction = tenants
    .command('redaction')
    .description('fields of events that a tenant does not want as they are');
  const add = (name: string, description: string): Command =>
    redaction
      .command(name)
      .description(description)
      .requiredOption('--tenant <tenant>', 'id or name of the tenant')
      .option('--json', 'print JSON');
  add('list', 'list the rules, in the order in which they count').action((options: TenantOptions) =>
    run(context, options, {}),
  );
  add('add', 'add a rule behind the others')
    .requiredOption('--field <field>', 'name of the field, or the beginning of a dotted one; "*" is any text')
    .addOption(
      new Option('--action <action>', 'what becomes of it').choices(redactionActions).makeOptionMandatory(),
    )
    .action((options: RuleOptions & { readonly action: RedactionAction }) =>
      run(context, options, { add: { field: options.field, action: options.action } }),
    );
  add('remove', 'remove the rule of a field')
    .requiredOption('--field <field>', 'as the rule says it')
    .action((options: RuleOptions) => run(context, options, { remove: options.field }));
  add('import', 'replace all rules with those of a YAML or JSON file')
    .argument('<file>', 'lists "rules", each with "field" and "action"')
    .action((file: string, options: TenantOptions) =>
      run(context, options, { file: resolveFile(file, context.callersDirectory) }),
    );
}

/** What is to be done with the rules; nothing lists them. */
interface RedactionWish {
  readonly add?: RedactionRule;
  readonly remove?: string;
  /** Path of a file with all rules. */
  readonly file?: string;
}

/** Answers with the rules as they are then. Throws `AppError` `redaction_unknown`, `redaction_invalid`, `file_unreadable`. */
export async function changeRedaction(
  operations: RedactionOperations,
  tenant: string,
  { add, file, remove }: RedactionWish,
): Promise<TenantRedaction> {
  if (file !== undefined) {
    const { rules } = readYamlAs(redactionRequestSchema, parseYaml(file, await readTextFile(file)));
    return operations.putRedaction(tenant, rules);
  }
  const before = await operations.getRedaction(tenant);
  if (add !== undefined) return operations.putRedaction(tenant, [...before.rules, add]);
  if (remove === undefined) return before;
  const left = before.rules.filter(({ field }) => field.toLowerCase() !== remove.toLowerCase());
  if (left.length < before.rules.length) return operations.putRedaction(tenant, left);
  const reason = `There is no rule for ${JSON.stringify(remove.slice(0, 64))}.`;
  throw new AppError('redaction_unknown', reason, { status: 404, pointer: '/field' });
}

async function run(
  { opener, output }: RedactionCommandContext,
  { json, tenant }: TenantOptions,
  wish: RedactionWish,
): Promise<void> {
  const found = await opener().withControl((operations) => changeRedaction(operations, tenant, wish));
  if (json === true) output.print(JSON.stringify(found));
  else if (found.rules.length === 0) output.print(`${found.tenant} has no rules of redaction.`);
  else
    output.print(
      formatTable(
        ['FIELD', 'ACTION'],
        found.rules.map(({ action, field }) => [field, action]),
      ),
    );
}
