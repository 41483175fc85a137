import { PDFDocument } from 'pdf-lib';
import { formatPeriod } from '../document/format-times.js';
import type { ReportDocument, Section } from '../document/report-document.js';
import { drawBars } from './chart/draw-bars.js';
import { drawSeries } from './chart/draw-series.js';
import { drawCover, embedLogo } from './draw-cover.js';
import { drawDefinitions } from './draw-definitions.js';
import { drawPageEdges } from './draw-page-edges.js';
import { drawTiles } from './draw-tiles.js';
import { createFlow, type Flow } from './flow.js';
import { charactersOf } from './fonts/clean-text.js';
import { createTextFitter } from './fonts/fit-text.js';
import { openFonts } from './fonts/open-fonts.js';
import { createShaper } from './fonts/shape-text.js';
import type { Ink } from './ink.js';
import { drawTable } from './table/draw-table.js';
import { createTheme } from './theme.js';
import { writeOutline } from './write-outline.js';

/** From 0 to 1; the last step, packing the file, is not counted. */
export type ReportProgress = (share: number) => void;

/** The whole of it: values in, bytes out. The same document gives the same bytes. Keeps its thread busy. */
export async function drawReport(report: ReportDocument, onProgress: ReportProgress): Promise<Uint8Array> {
  const document = await PDFDocument.create({ updateMetadata: false });
  describe(document, report);
  const faces = await openFonts(document, charactersOf([report, fixedTexts]));
  const shaper = createShaper(faces);
  const ink: Ink = {
    fitter: createTextFitter(shaper),
    theme: createTheme(report.branding.colour),
    cover: report.cover,
  };
  const logo = await embedLogo(document, report.branding.logo);
  const flow = createFlow(document, report.page, shaper);
  drawCover(flow, ink, logo);
  drawSections({ flow, ink, report, onProgress });
  const { branding } = report;
  const isLogoMissing =
    branding.isLogoLeftOut === true || (branding.logo !== undefined && logo === undefined);
  const remarks = isLogoMissing ? ['The logo could not be read as PNG or JPEG and was left out.'] : [];
  drawDefinitions(flow, ink, report, remarks);
  drawPageEdges(flow, ink, report.provenance);
  writeOutline(document, flow.marks);
  return document.save({ addDefaultPage: false });
}

/** Characters that drawing adds beyond the document's own. */
const fixedTexts = ['…–·×'];

function describe(document: PDFDocument, { cover }: ReportDocument): void {
  const at = new Date(cover.generatedAt);
  document.setTitle(cover.title, { showInWindowTitleBar: true });
  document.setAuthor(cover.tenant);
  const period = cover.period === undefined ? 'as shown' : formatPeriod(cover.period, cover.timeZone);
  document.setSubject(`Report of ${cover.tenant}, ${period}, ${cover.timeZone}`);
  document.setLanguage('en');
  document.setCreator('CODITECT Analytics');
  document.setProducer('CODITECT Analytics (pdf-lib)');
  document.setCreationDate(at);
  document.setModificationDate(at);
}

interface Drawing {
  readonly flow: Flow;
  readonly ink: Ink;
  readonly report: ReportDocument;
  readonly onProgress: ReportProgress;
}

/** Rows are what takes the time. */
function drawSections({ flow, ink, report, onProgress }: Drawing): void {
  const { sections } = report;
  const total = sections.reduce((sum, section) => sum + weightOf(section), 0);
  let done = 0;
  let told = 0;
  const advance = (count: number): void => {
    done += count;
    if (done / total - told < 0.02 && done < total) return;
    told = done / total;
    onProgress(told);
  };
  for (const [index, section] of sections.entries()) {
    const title = titleOf(section, sections[index - 1]);
    drawSection({ flow, ink, section, title, onRows: advance });
    advance(section.kind === 'table' ? 1 : weightOf(section));
  }
}

function weightOf(section: Section): number {
  return section.kind === 'table' ? section.rows.length + 1 : 20;
}

/** A table right below its chart says that it is the same, in numbers. */
function titleOf(section: Section, before: Section | undefined): string {
  const isBelowChart = section.kind === 'table' && before?.title === section.title;
  return isBelowChart ? `${section.title}: all values` : section.title;
}

interface SectionDrawing {
  readonly flow: Flow;
  readonly ink: Ink;
  readonly section: Section;
  readonly title: string;
  readonly onRows: (count: number) => void;
}

function drawSection({ flow, ink, section, title, onRows }: SectionDrawing): void {
  switch (section.kind) {
    case 'tiles':
      drawTiles(flow, ink, section);
      break;
    case 'series':
      drawSeries(flow, ink, section);
      break;
    case 'bars':
      drawBars(flow, ink, section);
      break;
    case 'table':
      drawTable(flow, ink, section, { title, onRows });
      break;
  }
}
