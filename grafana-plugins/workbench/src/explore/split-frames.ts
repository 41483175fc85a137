import { FieldType, type DataFrame } from '@grafana/data';
import { isLogFrame } from '../logs/log-rows';

/** The frames of an answer by the way that Explore shows them. A time series is a chart and a table. */
export interface SplitFrames {
  graph: DataFrame[];
  table: DataFrame[];
  logs: DataFrame[];
}

function hasType(frame: DataFrame, type: FieldType): boolean {
  return frame.fields.some((field) => field.type === type);
}

/** A frame's own wish goes before what its columns suggest. */
export function splitFrames(frames: readonly DataFrame[]): SplitFrames {
  const others = frames.filter((frame) => !isLogFrame(frame));
  const isGraph = (frame: DataFrame): boolean => {
    const wish = frame.meta?.preferredVisualisationType;
    return wish === undefined
      ? hasType(frame, FieldType.time) && hasType(frame, FieldType.number)
      : wish === 'graph';
  };
  return {
    graph: others.filter(isGraph),
    table: others.filter((frame) => frame.meta?.preferredVisualisationType !== 'graph'),
    logs: frames.filter(isLogFrame),
  };
}
