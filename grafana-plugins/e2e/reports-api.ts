import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { reportSchema, type Report, type ReportRequestInput } from '@coditect/contracts';
import type { Download } from '@playwright/test';
import { readState } from './setup/state';

/** Asks the reporting service itself, past Grafana and the plugins. */
export async function requestReport(request: ReportRequestInput): Promise<Report> {
  const { reportingUrl, readKey } = readState();
  const response = await fetch(`${reportingUrl}/v1/reports`, {
    method: 'POST',
    headers: { authorization: `Bearer ${readKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(request),
  });
  if (response.status !== 202) {
    throw new Error(`The reporting service answered ${response.status}: ${await response.text()}`);
  }
  return reportSchema.parse(await response.json());
}

/** The lines of a downloaded CSV as records by the names in its head. Its cells hold neither quotes nor commas. */
export async function readCsv(download: Download): Promise<Array<Record<string, string>>> {
  const [head = '', ...lines] = readFileSync(await download.path(), 'utf8')
    .split('\r\n')
    .filter((line) => line !== '');
  const names = head.split(',');
  return lines.map((line) =>
    Object.fromEntries(line.split(',').map((cell, index) => [names[index] ?? '', cell])),
  );
}

/** The text of a downloaded PDF, as Poppler reads it. */
export async function readPdf(download: Download): Promise<string> {
  return execFileSync('pdftotext', ['-layout', await download.path(), '-'], { encoding: 'utf8' });
}
