import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PDFDocument } from 'pdf-lib';
import { aLongPanel, aReport, aTotal } from '../../src/reporting-service/document/sample-report.fixture.js';
import { RenderError, renderPdf } from '../../src/reporting-service/pdf/render-pdf.js';

/** A thread runs compiled files only: this is the one that ships. */
const workerFile = join(__dirname, '../../dist/reporting-service/pdf/pdf-worker.js');

describe('renderPdf', () => {
  it('finds its worker built', () => {
    expect(existsSync(workerFile)).toBe(true);
  });

  it('draws in a thread and tells how far it is', async () => {
    const shares: number[] = [];
    const bytes = await renderPdf(aReport([aLongPanel(300)]), {
      workerFile,
      onProgress: (share) => shares.push(share),
    });
    expect((await PDFDocument.load(bytes)).getPageCount()).toBeGreaterThan(4);
    expect(shares.at(-1)).toBe(1);
  });

  it('ends at once when it is aborted, with the reason that was given', async () => {
    const controller = new AbortController();
    const rendering = renderPdf(aReport([aLongPanel(20_000)]), {
      workerFile,
      signal: controller.signal,
      onProgress: () => {
        controller.abort(new Error('cancelled by its owner'));
      },
    });
    await expect(rendering).rejects.toThrow('cancelled by its owner');
    await expect(renderPdf(aReport([]), { workerFile, signal: controller.signal })).rejects.toThrow(
      'cancelled',
    );
  });

  it('rejects with a reason when the thread runs out of memory, and the process lives on', async () => {
    const rendering = renderPdf(aReport([aLongPanel(40_000)]), { workerFile, memoryMaxMb: 60 });
    await expect(rendering).rejects.toThrow(/memory/i);
    expect((await renderPdf(aReport([aTotal({}, 1)]), { workerFile })).length).toBeGreaterThan(1_000);
  });

  it('rejects with the reason when a document cannot be drawn', async () => {
    // What a stored document of another version could look like.
    const document = Object.assign(aReport([]), { sections: [{ kind: 'tiles', title: 'x' }] });
    await expect(renderPdf(document, { workerFile })).rejects.toThrow(RenderError);
  });
});
