// What panels compute with: no React, no component.
export {
  describeShape,
  findColumns,
  hasNamedColumns,
  hasRows,
  isHidden,
  toNumber,
  toText,
  type ColumnWish,
  type ShapeProblem,
} from './columns';
export { readExplanation, type Explanation } from './explanation';
export {
  displayOf,
  formatterOf,
  fullCount,
  linksOf,
  noValueText,
  shareFormatterOf,
  timeText,
  toShare,
  type FormatContext,
} from './format';
export type { NoteContent } from './note-content';
export { createSuggestionsSupplier, type Suggestion } from './suggestions';
export type { ViewModelInput } from './view-model-input';
export { zoneOfDays } from './time-zone';
export { oneOf, readCount, readFlag, readOptions } from './saved-options';
