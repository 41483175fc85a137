import { readFile } from 'node:fs/promises';
import type { TenantBranding } from '@coditect/contracts';
import type { Command } from 'commander';
import type { ControlOperations } from '../admin/operations.js';
import { AppError } from '../platform/errors.js';
import type { OperationsOpener } from './operations-opener.js';
import type { Output } from './output.js';
import { resolveFile } from './resolve-file.js';

interface BrandingOptions {
  readonly tenant: string;
  readonly logo?: string;
  readonly colour?: string;
  readonly clear?: boolean;
  readonly json?: boolean;
}

export interface BrandingCommandContext {
  readonly opener: () => OperationsOpener;
  readonly output: Output;
  readonly callersDirectory: string | undefined;
}

/** `tenants branding`. */
export function addBrandingCommand(program: Command, context: BrandingCommandContext): void {
  const tenants = program.commands.find((command) => command.name() === 'tenants');
  tenants
    ?.command('branding')
    .description('show or change colour and logo of the reports; what is not given stays')
    .requiredOption('--tenant <tenant>', 'id or name of the tenant')
    .option('--logo <file>', 'a PNG or JPEG, at most 512 KiB and 1,200 pixels a side')
    .option('--colour <colour>', 'such as #0b6e5f, dark enough to be read on white')
    .option('--clear', 'remove both')
    .option('--json', 'print JSON')
    .action(async (options: BrandingOptions) => {
      const given = await readGiven(options, context.callersDirectory);
      const branding = await context
        .opener()
        .withControl((operations) => changeBranding(operations, options, given));
      context.output.print(options.json === true ? JSON.stringify(branding) : describe(branding));
    });
}

interface Given {
  readonly colour?: string;
  readonly logo?: string;
}

async function readGiven(
  { clear, colour, logo }: BrandingOptions,
  callersDirectory: string | undefined,
): Promise<Given> {
  if (clear === true && (colour ?? logo) !== undefined) {
    throw new AppError('usage', '--clear removes both: it goes with neither --logo nor --colour.', {
      status: 400,
    });
  }
  return {
    ...(colour !== undefined && { colour }),
    ...(logo !== undefined && { logo: await readLogo(resolveFile(logo, callersDirectory)) }),
  };
}

async function readLogo(file: string): Promise<string> {
  try {
    return (await readFile(file)).toString('base64');
  } catch (cause) {
    throw new AppError('logo_unreadable', `The logo ${file} can not be read.`, { status: 400, cause });
  }
}

async function changeBranding(
  operations: ControlOperations,
  { clear, tenant }: BrandingOptions,
  given: Given,
): Promise<TenantBranding> {
  if (clear === true) return operations.removeBranding(tenant);
  const present = await operations.getBranding(tenant);
  if (Object.keys(given).length === 0) return present;
  const { colour, logo } = present;
  return operations.putBranding(tenant, { colour, logo, ...given });
}

function describe({ colour, logo, updatedAt }: TenantBranding): string {
  const size = logo === null ? 'none' : `${Buffer.from(logo, 'base64').length} bytes`;
  return `colour   ${colour ?? 'none'}\nlogo     ${size}\nchanged  ${updatedAt ?? '-'}`;
}
