import type { Report } from '@coditect/contracts';
import type { ReportsClient } from '@coditect/plugins-shared';

/** Larger files are fetched by the browser itself, straight to the disk; then only it can say why it failed. */
const heldBytesMax = 100_000_000;

/** How long a browser may take to begin with a file that is at hand. */
const keptMs = 60_000;

/** The link is in no page, so that Grafana, which makes page changes of clicks, does not see it. */
function clickLink(address: string, name: string): void {
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
}

/** Saves the file of a finished report. */
export async function saveReport(reports: ReportsClient, { id, file }: Report): Promise<void> {
  if (file === null) {
    throw new Error('This report has no file.');
  }
  if (file.bytes > heldBytesMax) {
    clickLink(reports.fileAddress(id), file.name);
    return;
  }
  const address = URL.createObjectURL(await reports.file(id));
  clickLink(address, file.name);
  setTimeout(() => URL.revokeObjectURL(address), keptMs);
}
