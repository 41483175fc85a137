import { describePeriod, describeTime, isMade, type DeliveredReport } from './describe-delivery.js';

export interface MailText {
  readonly subject: string;
  readonly text: string;
}

export interface WriteMailOptions {
  readonly isAttached: boolean;
  /** Page on which people find their reports. */
  readonly pageUrl: string | undefined;
}

/** What a mail says. One of a failure says why; one of a report says what is in it and where it is. */
export function writeMail(delivered: DeliveredReport, options: WriteMailOptions): MailText {
  const { job, report } = delivered;
  const { title, timeZone } = job.schedule;
  const period = describePeriod(job);
  const start = `${job.isTest ? 'Test: ' : ''}${isMade(report) ? '' : 'Not made: '}`;
  const facts = [
    ['Period', `${period} (${timeZone})`],
    ...(isMade(report) ? factsOf(delivered) : []),
    ...(job.notice === undefined ? [] : [['Note', job.notice]]),
  ].map(([name, value]) => `${name}: ${value}`);
  const paragraphs = [
    title,
    facts.join('\n'),
    isMade(report) ? whereIs(delivered, options) : whyNot(delivered, options),
    `Sent by CODITECT Analytics for ${job.tenant.name}, as the schedule "${title}" (${job.schedule.cron}, ${timeZone}) asks.`,
  ];
  return { subject: onOneLine(`${start}${title}, ${period}`), text: `${paragraphs.join('\n\n')}\n` };
}

function factsOf({ job, report, manifest }: DeliveredReport): readonly (readonly [string, string])[] {
  const zone = job.schedule.timeZone;
  const asOf = earliest(manifest?.tables.map((table) => table.asOf) ?? []);
  const completeUntil = earliest(manifest?.tables.map((table) => table.completeUntil) ?? []);
  return [
    ['Rows', String(report.file?.rows ?? 0)],
    ...(asOf === undefined ? [] : [['As of', describeTime(asOf, zone)] as const]),
    ...(completeUntil === undefined ? [] : [['Complete until', describeTime(completeUntil, zone)] as const]),
  ];
}

function earliest(times: readonly (string | null)[]): string | undefined {
  return times.filter((time) => time !== null).sort((left, right) => Date.parse(left) - Date.parse(right))[0];
}

const mebibyte = 1_048_576;

function whereIs({ report }: DeliveredReport, { isAttached, pageUrl }: WriteMailOptions): string {
  const name = report.file?.name ?? report.title;
  if (isAttached) return `The report is attached: ${name}`;
  if (report.state !== 'done') return `The file of the report was removed before this mail was sent.`;
  const size = ((report.file?.bytes ?? 0) / mebibyte).toFixed(1);
  const until = report.expiresAt === null ? '' : `, until ${report.expiresAt.slice(0, 10)}`;
  return `The report is too large for a mail (${name}, ${size} MiB). ${fetchAt(report.id, pageUrl)}${until}.`;
}

function fetchAt(id: string, pageUrl: string | undefined): string {
  const page = pageUrl === undefined ? '' : `at ${pageUrl} or `;
  return `Fetch it ${page}with a key of the scope "report" from /v1/reports/${id}/file of the reporting service`;
}

function whyNot({ report }: DeliveredReport, { pageUrl }: WriteMailOptions): string {
  const reason = report.failure?.reason ?? 'The report was not made.';
  const again = pageUrl === undefined ? '' : `\nIt can be made again at ${pageUrl}`;
  return `${reason} (${report.failure?.code ?? report.state}, ${report.id})${again}`;
}

/** A line break in a title must not become a head of the mail. */
function onOneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ');
}
