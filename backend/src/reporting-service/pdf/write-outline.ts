import { PDFHexString, PDFName, type PDFDocument, type PDFRef } from 'pdf-lib';

export interface OutlineEntry {
  readonly title: string;
  readonly page: PDFRef;
  /** From the lower edge of the page. */
  readonly top: number;
}

/** Bookmarks, flat: a report has no deeper order than its sections. pdf-lib has no words for them. */
export function writeOutline(document: PDFDocument, entries: readonly OutlineEntry[]): void {
  if (entries.length === 0) return;
  const { context } = document;
  const rootRef = context.nextRef();
  const refs = entries.map(() => context.nextRef());
  for (const [index, { title, page, top }] of entries.entries()) {
    const ref = refs[index];
    if (ref === undefined) continue;
    const item = context.obj({
      Title: PDFHexString.fromText(title),
      Parent: rootRef,
      Dest: [page, 'XYZ', null, Math.round(top), null],
      ...linkTo('Prev', refs[index - 1]),
      ...linkTo('Next', refs[index + 1]),
    });
    context.assign(ref, item);
  }
  const root = {
    Type: 'Outlines',
    Count: entries.length,
    ...linkTo('First', refs[0]),
    ...linkTo('Last', refs.at(-1)),
  };
  context.assign(rootRef, context.obj(root));
  document.catalog.set(PDFName.of('Outlines'), rootRef);
  document.catalog.set(PDFName.of('PageMode'), PDFName.of('UseOutlines'));
}

function linkTo(name: string, ref: PDFRef | undefined): Record<string, PDFRef> {
  return ref === undefined ? {} : { [name]: ref };
}
