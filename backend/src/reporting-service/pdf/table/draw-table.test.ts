import { PDFDocument } from 'pdf-lib';
import type { TableSection } from '../../document/report-document.js';
import { aCover, aGroupedTotal, aLongPanel, aPanel, aReport } from '../../document/sample-report.fixture.js';
import type { ReportPart } from '../../document/report-part.js';
import { createFlow, type Flow } from '../flow.js';
import { createTextFitter } from '../fonts/fit-text.js';
import type { Shaper } from '../fonts/shape-text.js';
import { createTheme } from '../theme.js';
import { layOutBands } from './column-widths.js';
import { drawTable } from './draw-table.js';
import { textColumns } from './table-cells.js';

/** Draws nothing and notes what it was asked for. Every character is half as wide as the font is tall. */
function recordingShaper(texts: string[]): Shaper {
  return {
    shape(text) {
      texts.push(text);
      return [];
    },
    measure: (text, _weight, size) => [...text].length * size * 0.5,
  };
}

function tableOf(part: ReportPart): TableSection {
  const found = aReport([part]).sections.find((section) => section.kind === 'table');
  if (found?.kind !== 'table') throw new Error('there is no table');
  return found;
}

async function draw(part: ReportPart): Promise<{ texts: string[]; flow: Flow; rows: number }> {
  const texts: string[] = [];
  const shaper = recordingShaper(texts);
  const flow = createFlow(await PDFDocument.create(), 'A4', shaper);
  const ink = { fitter: createTextFitter(shaper), theme: createTheme(undefined), cover: aCover() };
  let rows = 0;
  drawTable(flow, ink, tableOf(part), { title: 'Table', onRows: (count) => (rows += count) });
  return { texts, flow, rows };
}

describe('drawTable', () => {
  it('draws every row, the heads on every page, and proves the table at its end', async () => {
    const { texts, flow, rows } = await draw(aLongPanel(2_000));
    const drawn = texts.filter((text) => text.startsWith('agent-'));
    expect([drawn.length, rows]).toEqual([2_000, 2_000]);
    expect(flow.sheets.length).toBeGreaterThan(30);
    expect(texts.filter((text) => text === 'repository')).toHaveLength(flow.sheets.length);
    expect(texts).toContain('As shown in the panel, not recomputed. 2,000 rows, none left out.');
    expect(texts.find((text) => text.startsWith('2,000 rows, control'))).toBe('2,000 rows, control total');
  });

  it('puts the sum below a column whose unit adds up, and below no other', async () => {
    const { texts } = await draw(aLongPanel(3));
    // 0 + 7,919 + 5,831 runs; cents 0, 31 and 62; the third column of numbers is a duration.
    expect(texts.slice(-3)).toEqual(['13,750', '0.93', '3 rows, control total']);
  });

  it('says that there are no rows', async () => {
    const { texts } = await draw(aGroupedTotal({}, []));
    expect(texts).toEqual(['Table', 'No rows in this period.']);
  });

  it('puts columns that find no room below each other, beside the first column again', async () => {
    const names = Array.from({ length: 20 }, (_name, index) => `measure ${index}`);
    const part = aPanel('Wide', [
      { name: 'repository', type: 'string', values: ['one', 'two'] },
      ...names.map((name) => ({ name, type: 'number', values: [123_456_789, 1] }) as const),
    ]);
    const { texts } = await draw(part);
    expect(texts.filter((text) => text === '123,456,789')).toHaveLength(20);
    expect(texts.filter((text) => text === 'repository').length).toBeGreaterThan(2);
    expect(texts.filter((text) => text === 'one')).toHaveLength(
      texts.filter((text) => text === 'repository').length,
    );
  });
});

describe('layOutBands', () => {
  const fitter = createTextFitter(recordingShaper([]));
  const bandsOf = (part: ReportPart, width: number): ReturnType<typeof layOutBands> =>
    layOutBands(textColumns(tableOf(part), 'UTC'), width, fitter);

  it('gives numbers all they need and fills the page', () => {
    const part = aGroupedTotal({}, [
      ['x'.repeat(300), 123_456_789_012],
      ['b', 1],
    ]);
    const [band] = bandsOf(part, 300);
    const widths = band?.columns.map(({ width }) => width) ?? [];
    // Fifteen characters of four points each.
    expect(widths[1]).toBeGreaterThanOrEqual(60);
    expect(widths.reduce((sum, width) => sum + width, 0)).toBeCloseTo(300, 6);
  });

  it('never makes a band wider than the page', () => {
    for (const band of bandsOf(aLongPanel(50), 220)) {
      expect(band.columns.reduce((sum, { width }) => sum + width, 0)).toBeLessThanOrEqual(220.001);
    }
  });
});
