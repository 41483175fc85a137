import { InvalidArgumentError, Option, type Command } from 'commander';
import type { Operations } from '../admin/operations.js';
import type { ReplayAllQuery } from '../messaging/dead-letter-replay.js';
import {
  deadLetterOrigins,
  deadLetterStates,
  type DeadLetterFilter,
  type DeadLetterOrigin,
  type DeadLetterSummary,
  type DeadLetterView,
  type ReplayReport,
} from '../platform/dead-letters.js';
import { AppError } from '../platform/errors.js';
import type { OperationsOpener } from './operations-opener.js';
import { formatTable, type Output } from './output.js';

interface CommonOptions {
  readonly tenant?: string;
  readonly json?: boolean;
}
type ListOptions = CommonOptions & DeadLetterFilter & { readonly limit: number };
interface ReplayOptions extends CommonOptions {
  readonly code?: string;
  readonly origin?: DeadLetterOrigin;
  readonly all?: boolean;
  readonly yes?: boolean;
}

const pageLettersMax = 100;
const reasonCharsMax = 60;

/** `dead-letters list`, `dead-letters show`, `dead-letters replay`. */
export function addDeadLetterCommands(
  program: Command,
  opener: () => OperationsOpener,
  output: Output,
): void {
  const letters = program
    .command('dead-letters')
    .description('messages that were given up on, kept with their reason');
  const tenantHelp = 'id or name of a tenant; all, and those of nobody, when left out';
  const origin = new Option('--origin <origin>', 'where it was given up').choices(deadLetterOrigins);
  letters
    .command('list')
    .description('list them, the newest first')
    .option('--tenant <tenant>', tenantHelp)
    .addOption(new Option('--state <state>', 'only those').choices(deadLetterStates))
    .option('--code <code>', 'only those with this code')
    .addOption(origin)
    .option('--limit <count>', 'at most this many', parseCount, pageLettersMax)
    .option('--json', 'print JSON')
    .action((options: ListOptions) => listLetters(opener(), options, output));
  letters
    .command('show')
    .description('show one with the first of its events')
    .argument('<id>', 'its id, as `dead-letters list` shows it')
    .option('--tenant <tenant>', tenantHelp)
    .option('--json', 'print JSON')
    .action(async (id: string, options: CommonOptions) => {
      const { tenant } = options;
      const letter = await opener().withControl((operations) => operations.getDeadLetter(id, { tenant }));
      output.print(options.json === true ? JSON.stringify(letter) : formatLetter(letter));
    });
  letters
    .command('replay')
    .description('feed them through again; says only what it would do unless given --yes')
    .argument('[ids...]', 'which ones')
    .option('--all', 'every letter that waits')
    .option('--code <code>', 'of all, those with this code')
    .addOption(origin)
    .option('--tenant <tenant>', tenantHelp)
    .option('--yes', 'do it')
    .option('--json', 'print JSON')
    .action(async (ids: string[], options: ReplayOptions, command: Command) => {
      requireChoice(ids, options, command);
      const report = await opener().withEvents((operations) => replayLetters(operations, ids, options));
      reportReplay(report, options.json === true, output);
    });
}

function parseCount(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number from 1 to 999999.');
}

async function listLetters(opener: OperationsOpener, options: ListOptions, output: Output): Promise<void> {
  const { json, limit, ...query } = options;
  const found: DeadLetterSummary[] = [];
  let cursor: string | undefined;
  await opener.withControl(async (operations) => {
    do {
      const pageLimit = Math.min(pageLettersMax, limit - found.length);
      const page = await operations.listDeadLetters({ ...query, limit: pageLimit, cursor });
      found.push(...page.letters);
      cursor = page.next ?? undefined;
    } while (cursor !== undefined && found.length < limit);
  });
  output.print(json === true ? JSON.stringify(found) : formatLetters(found));
  if (cursor !== undefined) output.note(`There are more than ${limit}: give a greater --limit.`);
}

function formatLetters(letters: readonly DeadLetterSummary[]): string {
  const rows = letters.map(({ id, at, state, origin, code, events, reason }) => [
    id,
    at,
    state,
    origin,
    code,
    String(events),
    shorten(reason),
  ]);
  return formatTable(['ID', 'GIVEN UP', 'STATE', 'ORIGIN', 'CODE', 'EVENTS', 'REASON'], rows);
}

function shorten(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length <= reasonCharsMax ? line : `${line.slice(0, reasonCharsMax - 3)}...`;
}

function formatLetter(letter: DeadLetterView): string {
  const { firstEvents, truncated, raw, ...fields } = letter;
  const rows = Object.entries(fields).map(([name, value]) => [name, String(value ?? '-')]);
  if (raw !== null) rows.push(['bytes', `${raw.bytes} of ${raw.contentType}`]);
  const events = firstEvents.map((event) => JSON.stringify(event));
  const rest = truncated ? [`... and ${letter.events - firstEvents.length} more`] : [];
  return [formatTable(['FIELD', 'VALUE'], rows), ...events, ...rest].join('\n');
}

/** Which letters are meant is said in one way: by their ids, or by `--all` with what narrows it. */
function requireChoice(ids: readonly string[], options: ReplayOptions, command: Command): void {
  const isAll = options.all === true;
  const isNarrowed = options.code !== undefined || options.origin !== undefined;
  if (ids.length > 0 === isAll) command.error('error: name the letters by their ids, or give --all');
  if (isNarrowed && !isAll) command.error('error: --code and --origin narrow --all');
}

async function replayLetters(
  operations: Pick<Operations, 'replayDeadLetter' | 'replayDeadLetters'>,
  ids: readonly string[],
  { tenant, code, origin, yes }: ReplayOptions,
): Promise<ReplayReport> {
  const dryRun = yes !== true;
  if (ids.length === 0) return replayAll(operations, { tenant, code, origin, dryRun });
  const reports: ReplayReport[] = [];
  for (const id of new Set(ids)) {
    try {
      reports.push(await operations.replayDeadLetter(id, { tenant, dryRun }));
    } catch (error) {
      // What became of the others must be said.
      if (ids.length === 1 || !(error instanceof AppError)) throw error;
      reports.push(failedReport({ id, code: error.code, reason: error.message }, dryRun));
    }
  }
  return sumReports(reports, dryRun);
}

function failedReport(failure: ReplayReport['failed'][number], dryRun: boolean): ReplayReport {
  return { dryRun, letters: 1, events: 0, replayed: 0, failed: [failure], remaining: 0, next: null };
}

/** Call after call until nothing remains, or a call was cut short: then the broker or the store needs a rest. */
async function replayAll(
  operations: Pick<Operations, 'replayDeadLetters'>,
  query: ReplayAllQuery & { readonly tenant: string | undefined; readonly dryRun: boolean },
): Promise<ReplayReport> {
  const reports: ReplayReport[] = [];
  let cursor: string | undefined;
  for (;;) {
    const report = await operations.replayDeadLetters({ ...query, cursor });
    reports.push(report);
    if (report.next === null || report.next === cursor) return sumReports(reports, query.dryRun);
    cursor = report.next;
  }
}

function sumReports(reports: readonly ReplayReport[], dryRun: boolean): ReplayReport {
  const sum = (count: (report: ReplayReport) => number): number =>
    reports.reduce((total, report) => total + count(report), 0);
  const last = reports.at(-1);
  return {
    dryRun,
    letters: sum((report) => report.letters),
    events: sum((report) => report.events),
    replayed: sum((report) => report.replayed),
    failed: reports.flatMap((report) => report.failed),
    remaining: last?.remaining ?? 0,
    next: last?.next ?? null,
  };
}

/** Throws `AppError` `replay_incomplete` when letters that were to be replayed still wait. */
function reportReplay(report: ReplayReport, isJson: boolean, output: Output): void {
  const { dryRun, letters, events, replayed, failed, remaining } = report;
  output.print(
    isJson ? JSON.stringify({ dryRun, letters, events, replayed, failed, remaining }) : formatReplay(report),
  );
  if (!isJson) for (const { id, code, reason } of failed) output.note(`${id}: ${code}: ${reason}`);
  const waiting = failed.length + remaining;
  if (dryRun || waiting === 0) return;
  throw new AppError('replay_incomplete', `Letters that still wait: ${waiting}.`, { status: 500 });
}

function formatReplay({ dryRun, letters, events, replayed, failed }: ReplayReport): string {
  if (!dryRun) return `Replayed ${replayed} of ${letters} letters.`;
  const able = letters - failed.length;
  return `Would replay ${able} of ${letters} letters, which hold ${events} events. Do it with --yes.`;
}
