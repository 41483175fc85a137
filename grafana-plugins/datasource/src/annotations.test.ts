import type { AnnotationQuery } from '@grafana/data';
import { lastValueFrom, of } from 'rxjs';
import { annotationSupport } from './annotations';
import { toAnnotationFrame } from './model/annotation-frames';
import { foundEvents } from './model/event.fixture';
import { newQuery } from './model/new-query';
import { pretend } from './model/pretend.fixture';
import type { AnalyticsQuery } from './types';

const saved = (target?: object): AnnotationQuery<AnalyticsQuery> => {
  // As it comes out of a dashboard: nobody has checked it.
  return pretend({ name: 'Releases', enable: true, iconColor: 'red', ...(target && { target }) });
};
const prepare = (target?: object) => annotationSupport.prepareAnnotation?.(saved(target));

describe('annotationSupport', () => {
  it('asks for releases where a dashboard says nothing else', () => {
    const annotation = prepare();
    expect(annotation).toMatchObject({ name: 'Releases', iconColor: 'red' });
    expect(annotation && annotationSupport.prepareQuery?.(annotation)).toEqual(
      newQuery('annotations', 'Anno'),
    );
    expect(annotationSupport.getDefaultQuery?.()).toMatchObject({ annotations: { kind: 'releases' } });
  });

  it('reads a question that was written by hand', () => {
    expect(prepare({ annotations: { kind: 'outages' } })?.target).toMatchObject({
      kind: 'annotations',
      refId: 'Anno',
      annotations: { kind: 'outages', errorRate: 0.05, minutes: 5 },
    });
  });

  it('leaves one of a later version as it was saved', () => {
    const target = { refId: 'X', kind: 'annotations', schemaVersion: 99, annotations: { kind: 'eclipses' } };
    expect(prepare(target)?.target).toEqual({ ...target, refId: 'Anno' });
  });

  it('marks instants and regions', async () => {
    const annotations = [
      { time: '2026-03-02T09:00:00Z', title: 'reviewer 2.0', text: 'First run.', tags: ['release', 'agent'] },
      { time: '2026-03-02T09:10:00Z', timeEnd: '2026-03-02T09:20:00Z', title: 'Outage', text: '', tags: [] },
    ];
    const frame = toAnnotationFrame(
      { annotations, meta: foundEvents.meta },
      { question: {}, unused: [] },
      'Anno',
    );
    const events = await lastValueFrom(annotationSupport.processEvents?.(saved(), [frame]) ?? of());
    expect(events).toEqual([
      {
        time: Date.parse('2026-03-02T09:00:00Z'),
        isRegion: false,
        title: 'reviewer 2.0',
        text: 'First run.',
        tags: ['release', 'agent'],
      },
      {
        time: Date.parse('2026-03-02T09:10:00Z'),
        timeEnd: Date.parse('2026-03-02T09:20:00Z'),
        isRegion: true,
        title: 'Outage',
        text: '',
        tags: [],
      },
    ]);
  });

  it('makes no event of what has no time', async () => {
    const frame = { fields: [], length: 0 };
    expect(await lastValueFrom(annotationSupport.processEvents?.(saved(), [frame]) ?? of())).toEqual([]);
  });
});
