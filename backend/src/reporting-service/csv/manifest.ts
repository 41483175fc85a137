import type { MetricQuery, QueryRange } from '@coditect/contracts';
import type { CsvStyle } from './csv-cells.js';
import type { CsvSummary } from './write-csv.js';

/** What is known of a file before it is written. */
export interface ManifestEntry {
  readonly file: string;
  readonly title: string;
  /** `null` for values as a panel showed them. */
  readonly query: MetricQuery | null;
  readonly queryHash: string;
  readonly period: QueryRange | null;
  readonly timeZone: string;
  readonly asOf?: string;
  readonly completeUntil?: string;
}

export interface ManifestHead {
  readonly title: string;
  readonly tenant: string;
  readonly generatedAt: string;
  readonly style: CsvStyle;
}

export interface Manifest extends ManifestHead {
  readonly files: readonly (ManifestEntry & CsvSummary)[];
}

/** Goes with the files, so that who gets them can tell that they are whole and which question they answer. */
export function buildManifest(
  head: ManifestHead,
  files: readonly { readonly entry: ManifestEntry; readonly summary: CsvSummary }[],
): Manifest {
  return { ...head, files: files.map(({ entry, summary }) => ({ ...entry, ...summary })) };
}

/** `01-agent-runs.csv`: sorts as asked, opens everywhere, and is never the same twice in a report. */
export function csvFileName(index: number, title: string): string {
  const plain = title
    .normalize('NFKD')
    .replaceAll(/\p{M}+/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 60)
    .replaceAll(/^-+|-+$/g, '');
  const number = String(index + 1).padStart(2, '0');
  return plain === '' ? `${number}.csv` : `${number}-${plain}.csv`;
}
