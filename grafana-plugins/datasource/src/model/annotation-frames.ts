import type { Annotations } from '@coditect/contracts';
import { FieldType, type AnnotationEvent, type DataFrame } from '@grafana/data';
import { executedQuery, toMs, toNotices } from './frame-parts';
import type { PlannedSearch } from './event-request';

/** Annotations as a frame, which the panels of a dashboard mark and a table lists. */
export function toAnnotationFrame(
  answer: Annotations,
  plan: PlannedSearch<unknown>,
  refId: string,
): DataFrame {
  const { annotations, meta } = answer;
  const column = (name: string, type: FieldType, values: unknown[]) => ({ name, type, values, config: {} });
  return {
    refId,
    name: 'Annotations',
    fields: [
      column(
        'time',
        FieldType.time,
        annotations.map(({ time }) => toMs(time)),
      ),
      column(
        'timeEnd',
        FieldType.time,
        annotations.map(({ timeEnd }) => toMs(timeEnd ?? null)),
      ),
      column(
        'title',
        FieldType.string,
        annotations.map(({ title }) => title),
      ),
      column(
        'text',
        FieldType.string,
        annotations.map(({ text }) => text),
      ),
      column(
        'tags',
        FieldType.string,
        annotations.map(({ tags }) => tags.join(',')),
      ),
    ],
    length: annotations.length,
    meta: { ...toNotices(meta.notices, plan.unused), ...executedQuery('annotations', plan.question) },
  };
}

/** Reads such frames as events; one with an end is a region. What has no time is no event. */
export function toAnnotationEvents(frames: readonly DataFrame[]): AnnotationEvent[] {
  return frames.flatMap((frame) => {
    const cells = (name: string): unknown[] => frame.fields.find((each) => each.name === name)?.values ?? [];
    const [ends, titles, texts, tags] = ['timeEnd', 'title', 'text', 'tags'].map(cells);
    return cells('time').flatMap((time, row): AnnotationEvent[] => {
      if (typeof time !== 'number') {
        return [];
      }
      const timeEnd = ends?.[row];
      const isRegion = typeof timeEnd === 'number' && timeEnd !== time;
      return [
        {
          time,
          ...(isRegion && { timeEnd }),
          isRegion,
          title: textOf(titles?.[row]),
          text: textOf(texts?.[row]),
          tags: textOf(tags?.[row]).split(',').filter(Boolean),
        },
      ];
    });
  });
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
