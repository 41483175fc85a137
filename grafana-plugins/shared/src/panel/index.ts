export {
  describeShape,
  findColumns,
  hasRows,
  isHidden,
  toNumber,
  toText,
  type ColumnWish,
  type FoundColumns,
  type ShapeProblem,
} from './columns';
export { readExplanation, type Explanation } from './explanation';
export { ExplanationLine } from './ExplanationLine';
export { displayOf, formatterOf, fullCount, linksOf, noValueText, type FormatContext } from './format';
export { Note, type NoteContent } from './Note';
export { PanelMessage } from './PanelMessage';
export { oneOf, readCount, readFlag, readOptions } from './saved-options';
export { SpokenTable } from './SpokenTable';
export { markProps, useMarks, type MarkPlace, type Marks } from './use-marks';
