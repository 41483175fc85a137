import { create, type Font } from '@pdf-lib/fontkit';
import {
  decodePDFRawStream,
  PDFArray,
  PDFDict,
  PDFDocument,
  PDFHexString,
  PDFName,
  PDFRawStream,
  PDFStream,
} from 'pdf-lib';
import type { ReportDocument } from '../document/report-document.js';
import {
  aLongPanel,
  aReport,
  aSeries,
  aTotal,
  twelveTiles,
  wave,
} from '../document/sample-report.fixture.js';
import { drawReport } from './draw-report.js';

async function draw(report: ReportDocument): Promise<{ bytes: Uint8Array; file: PDFDocument }> {
  const bytes = await drawReport(report, () => undefined);
  return { bytes, file: await PDFDocument.load(bytes, { updateMetadata: false }) };
}

interface EmbeddedFont {
  readonly name: string;
  readonly font: Font;
}

function fontsOf(file: PDFDocument): EmbeddedFont[] {
  return file.context.enumerateIndirectObjects().flatMap(([, object]) => {
    if (!(object instanceof PDFDict)) return [];
    const program = object.lookupMaybe(PDFName.of('FontFile2'), PDFStream);
    if (!(program instanceof PDFRawStream)) return [];
    const font = create(decodePDFRawStream(program).decode());
    return [{ name: String(object.get(PDFName.of('FontName'))).slice(1), font }];
  });
}

/** Subsets have been seen whose characters are all there, and empty. */
function hasOutline({ font }: EmbeddedFont, character: string): boolean {
  const { bbox } = font.glyphForCodePoint(character.codePointAt(0) ?? 0);
  return bbox.maxX > bbox.minX && bbox.maxY > bbox.minY;
}

function outlineOf(file: PDFDocument): string[] {
  const titles: string[] = [];
  let item = file.catalog
    .lookupMaybe(PDFName.of('Outlines'), PDFDict)
    ?.lookupMaybe(PDFName.of('First'), PDFDict);
  while (item !== undefined) {
    titles.push(item.lookup(PDFName.of('Title'), PDFHexString).decodeText());
    expect(item.lookup(PDFName.of('Dest'), PDFArray).size()).toBe(5);
    item = item.lookupMaybe(PDFName.of('Next'), PDFDict);
  }
  return titles;
}

function contentOf(file: PDFDocument): string {
  return file.context
    .enumerateIndirectObjects()
    .flatMap(([, object]) => (object instanceof PDFRawStream ? [object] : []))
    .map((stream) => Buffer.from(decodePDFRawStream(stream).decode()).toString('latin1'))
    .filter((content) => content.includes(' Tf'))
    .join('\n');
}

// Fonts are read and cut: seconds on a machine that does other things.
jest.setTimeout(60_000);

describe('drawReport', () => {
  it('gives the same bytes for the same document', async () => {
    const report = aReport([...twelveTiles(), aSeries({}, wave(30, 90), wave(30, 80))]);
    const [one, two] = [await draw(report), await draw(structuredClone(report))];
    expect(Buffer.compare(one.bytes, two.bytes)).toBe(0);
  });

  it('describes itself: title, author, subject, language, dates, outline', async () => {
    const { file } = await draw(aReport([aTotal({}, 1), aSeries({ title: 'Läufe 実行' }, [1, 2])]));
    expect([file.getTitle(), file.getAuthor(), file.getSubject()]).toEqual([
      'AI adoption and outcome',
      'Acme Software',
      'Report of Acme Software, 1 to 30 November 2026, Europe/Berlin',
    ]);
    expect(file.getCreationDate()?.toISOString()).toBe('2026-12-01T05:12:00.000Z');
    expect(String(file.catalog.get(PDFName.of('Lang')))).toBe('(en)');
    expect(outlineOf(file)).toEqual([
      'Key figures',
      'Läufe 実行',
      'Läufe 実行: all values',
      'Definitions and sources',
    ]);
  });

  it('embeds only the fonts that the texts need, and of them only the glyphs', async () => {
    const latin = await draw(aReport([aTotal({ title: 'Ενεργοί Активные œuvre' }, 1)]));
    expect(fontsOf(latin.file).map(({ name }) => name)).toEqual(['NotoSans', 'NotoSans-Bold']);
    const all = await draw(aReport([aTotal({ title: 'Жω分析ひ한국어 مرحبا שלום 🚀' }, 1)]));
    const fonts = fontsOf(all.file);
    const drawn = fonts.map((one) => [
      one.name,
      [...'AЖωひ析한مש🚀'].filter((letter) => hasOutline(one, letter)),
    ]);
    expect(Object.fromEntries(drawn)).toMatchObject({
      NotoSans: ['A', 'Ж', 'ω'],
      'NotoSans-Bold': ['A', 'Ж', 'ω'],
      NotoSansArabic: ['م'],
      NotoSansHebrew: ['ש'],
      NotoSansSC: ['ひ', '析'],
      NotoSansKR: ['한'],
      NotoEmoji: ['🚀'],
    });
    expect(fonts.every(({ font }) => font.numGlyphs < 200)).toBe(true);
    expect(all.bytes.length).toBeLessThan(80_000);
  });

  it('keeps the text of what is drawn joined or from right to left', async () => {
    const { file } = await draw(aReport([aTotal({ title: 'مرحبا' }, 1)]));
    expect(contentOf(file)).toContain(`/ActualText ${PDFHexString.fromText('مرحبا').toString()}`);
  });

  it('never fails on a character, a colour or a picture', async () => {
    const titles = [
      '\u0000\u0007\t\n',
      '\uD800',
      'ᚠᚢ 𓀀 \u{10FFFF}',
      '👩‍💻🇩🇪1️⃣',
      '\u200B\u202E',
      'x'.repeat(50_000),
    ];
    const { file } = await draw(
      aReport(
        titles.map((title) => aSeries({ title }, [1, null, -5])),
        { branding: { logo: new Uint8Array([1, 2, 3]), colour: 'mauve' }, cover: { tenant: '', title: '' } },
      ),
    );
    expect(file.getPageCount()).toBeGreaterThan(2);
    expect(outlineOf(file)).toContain('Definitions and sources');
  });

  it('draws an empty report', async () => {
    expect((await draw(aReport([]))).file.getPageCount()).toBe(1);
  });

  it('uses the page that was asked for', async () => {
    const { file } = await draw(aReport([aTotal({}, 1)], { page: 'Letter' }));
    expect(file.getPage(0).getSize()).toEqual({ width: 612, height: 792 });
  });

  it('says how far it is, rising to the end', async () => {
    const shares: number[] = [];
    await drawReport(aReport([aLongPanel(500)]), (share) => shares.push(share));
    expect(shares.at(-1)).toBe(1);
    expect(shares.length).toBeGreaterThan(10);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  });
});
