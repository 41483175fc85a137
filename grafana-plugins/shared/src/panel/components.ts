// What panels are drawn with.
export { Definition } from './Definition';
export { ExplanationLine } from './ExplanationLine';
export { Note } from './Note';
export { PanelMessage } from './PanelMessage';
export { SpokenTable } from './SpokenTable';
export { usePanelModel } from './use-panel-model';
export { markProps, useMarks, type MarkPlace, type Marks } from './use-marks';
