import type { AnswerMeta, Notice, QueryRange, ReportManifest } from '@coditect/contracts';
import type { ReportJob } from '../../platform/reports.js';
import type { ControlTotal, Cover } from '../document/report-document.js';
import type { PlannedQuery } from './plan-report.js';
import type { ReportTable } from './report-tables.js';

/** A table that was written to its end. */
export interface WrittenTable {
  readonly table: ReportTable;
  readonly name: string;
  readonly meta: AnswerMeta | undefined;
  readonly rows: number;
  readonly controlTotals: readonly ControlTotal[];
  readonly sha256: string | null;
}

const noticesMax = 50;
/** With its extension; file systems take 255. */
const nameBytesMax = 200;

/** The zone in which a report speaks: that of its questions when they agree, else the tenant's. */
export function coverOf(job: ReportJob, planned: readonly PlannedQuery[], nowMs: number): Cover {
  const { request, tenant } = job;
  const zones = new Set(planned.map(({ plan }) => plan.zone.name));
  const [zone] = zones;
  const ofPanel = request.origin?.timeZone;
  const timeZone = (zones.size === 1 ? zone : ofPanel) ?? tenant.timeZone;
  const ofQueries = wholePeriod(planned.map(({ query }) => query.range));
  const period = request.frames === undefined ? ofQueries : request.origin?.range;
  return {
    tenant: tenant.name,
    title: request.title,
    timeZone,
    generatedAt: new Date(nowMs).toISOString(),
    ...(period !== undefined && { period }),
  };
}

function wholePeriod(ranges: readonly QueryRange[]): QueryRange | undefined {
  const [first] = ranges;
  if (first === undefined) return undefined;
  return ranges.reduce(
    (whole, { from, to }) => ({
      from: Date.parse(from) < Date.parse(whole.from) ? from : whole.from,
      to: Date.parse(to) > Date.parse(whole.to) ? to : whole.to,
    }),
    first,
  );
}

export function manifestOf(job: ReportJob, cover: Cover, tables: readonly WrittenTable[]): ReportManifest {
  return {
    id: job.id,
    title: cover.title,
    tenant: cover.tenant,
    generatedAt: cover.generatedAt,
    timeZone: cover.timeZone,
    tables: tables.map(({ table, name, meta, rows, controlTotals, sha256 }) => ({
      name,
      query: table.query,
      queryHash: table.queryHash,
      range: table.range,
      asOf: meta?.asOf ?? null,
      completeUntil: meta?.completeUntil ?? null,
      rows,
      controlTotals: sumsOf(controlTotals),
      sha256,
    })),
  };
}

/** A panel may show two columns of the same name. */
function sumsOf(totals: readonly ControlTotal[]): Record<string, number> {
  const sums = new Map<string, number>();
  for (const { column, sum } of totals) {
    let name = column;
    for (let again = 2; sums.has(name); again += 1) name = `${column} (${again})`;
    sums.set(name, sum);
  }
  return Object.fromEntries(sums);
}

/** What has to be known about the numbers, each once. */
export function noticesOf(job: ReportJob, tables: readonly Pick<WrittenTable, 'meta'>[]): readonly Notice[] {
  const notices = tables.flatMap(({ meta }) => meta?.notices ?? []);
  const once = new Map(notices.map((notice) => [`${notice.code} ${notice.text}`, notice]));
  if (job.request.frames !== undefined) {
    const text = 'Values as the panel showed them, not recomputed.';
    once.set('panel', { severity: 'info', code: 'panel_values', text });
  }
  return [...once.values()].slice(0, noticesMax);
}

/** A name that is one on every machine: no path, no characters that a system refuses. */
export function fileNameOf(title: string, extension: string): string {
  const plain = title
    .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}<>:"/\\|?*]+/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/^[\s.]+|[\s.]+$/g, '');
  const short = cutBytes(plain, nameBytesMax - extension.length - 1).replace(/[\s.]+$/, '');
  return `${short === '' ? 'report' : short}.${extension}`;
}

/** By characters: half of one could not be encoded. */
function cutBytes(text: string, bytesMax: number): string {
  let bytes = 0;
  let kept = '';
  for (const char of text) {
    bytes += Buffer.byteLength(char);
    if (bytes > bytesMax) break;
    kept += char;
  }
  return kept;
}
