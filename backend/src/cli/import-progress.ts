import type { ImportCounts, ImportProgress } from '../importers/import-file.js';
import type { Output } from './output.js';

const intervalMs = { terminal: 100, file: 2_000 };

/** Shows how an import comes on: one line written over on a terminal, a line now and then in a log. */
export function createImportProgress(
  output: Output,
  now: () => number,
): { show(progress: ImportProgress): void; end(): void } {
  let shownAt = now();
  let isDrawn = false;
  return {
    show(progress) {
      if (now() - shownAt < (output.isTerminal ? intervalMs.terminal : intervalMs.file)) return;
      shownAt = now();
      const text = `${Math.floor(progress.fraction * 100)} %: ${formatCounts(progress)}`;
      if (!output.isTerminal) {
        output.note(text);
        return;
      }
      output.draw(`\r\u001b[K${text}`);
      isDrawn = true;
    },
    end() {
      if (isDrawn) output.draw('\r\u001b[K');
      isDrawn = false;
    },
  };
}

export function formatCounts({ read, accepted, duplicates, rejected }: ImportCounts): string {
  const before = duplicates === null ? '' : ` (${formatNumber(duplicates)} of them stored before)`;
  return `${formatNumber(read)} read, ${formatNumber(accepted)} accepted${before}, ${formatNumber(rejected)} rejected`;
}

function formatNumber(value: number): string {
  return value.toLocaleString('en-US');
}
