// What panels are drawn with.
export { ExplanationLine } from './ExplanationLine';
export { Note } from './Note';
export { PanelMessage } from './PanelMessage';
export { SpokenTable } from './SpokenTable';
export { markProps, useMarks, type MarkPlace, type Marks } from './use-marks';
