import type { DataFrame } from '@grafana/data';

/** One annotation as a chart shows it. */
export interface AnnotationMark {
  fromMs: number;
  /** The same as `fromMs` when it is a moment. */
  toMs: number;
  color: string;
  title: string;
  text: string;
  tags: string[];
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function tagsOf(value: unknown): string[] {
  return Array.isArray(value)
    ? value.filter((tag): tag is string => typeof tag === 'string' && tag !== '')
    : [];
}

function toMarks(frame: DataFrame): AnnotationMark[] {
  const valuesOf = (name: string): unknown[] =>
    frame.fields.find((field) => field.name === name)?.values ?? [];
  const [times, ends, colors] = [valuesOf('time'), valuesOf('timeEnd'), valuesOf('color')];
  const [titles, texts, tags] = [valuesOf('title'), valuesOf('text'), valuesOf('tags')];
  return times.flatMap((time, index): AnnotationMark[] => {
    if (typeof time !== 'number') {
      return [];
    }
    const end = ends[index];
    return [
      {
        fromMs: time,
        toMs: typeof end === 'number' && end > time ? end : time,
        color: text(colors[index]) || 'red',
        title: text(titles[index]),
        text: text(texts[index]),
        tags: tagsOf(tags[index]),
      },
    ];
  });
}

/** The annotations of a panel's data, in order of time. Frames without a column `time` have none. */
export function toAnnotationMarks(frames: readonly DataFrame[] | undefined): AnnotationMark[] {
  return (frames ?? []).flatMap(toMarks).sort((left, right) => left.fromMs - right.fromMs);
}

/** The marks that a range of time shows, cut to it. */
export function marksWithin(
  marks: readonly AnnotationMark[],
  fromMs: number,
  toMs: number,
): AnnotationMark[] {
  return marks
    .filter((mark) => mark.fromMs <= toMs && mark.toMs >= fromMs)
    .map((mark) => ({ ...mark, fromMs: Math.max(mark.fromMs, fromMs), toMs: Math.min(mark.toMs, toMs) }));
}
