import { FieldType, toDataFrame, type AnnotationQuery, type DataFrame } from '@grafana/data';
import { lastValueFrom, of } from 'rxjs';
import { annotationSupport } from './annotations';
import { toAnnotationFrame } from './model/annotation-frames';
import { foundEvents } from './model/event.fixture';
import { hour, kpiFrame } from './model/kpi-frame.fixture';
import { newQuery } from './model/new-query';
import { pretend } from './model/pretend.fixture';
import type { AnalyticsQuery } from './types';

// Grafana's packages import it for a hook that nothing here calls, and it comes as an ES module only.
jest.mock('@react-hookz/web', () => ({}));

const saved = (target?: object): AnnotationQuery<AnalyticsQuery> => {
  // As it comes out of a dashboard: nobody has checked it.
  return pretend({ name: 'Releases', enable: true, iconColor: 'red', ...(target && { target }) });
};
const eventsOf = (target: object | undefined, frames: DataFrame[]) =>
  lastValueFrom(annotationSupport.processEvents?.(saved(target), frames) ?? of());
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

  // Grafana's editor asks for as long as it gets another one, and the page dies of it.
  it.each<[string, object | undefined]>([
    ['nothing', undefined],
    ['a part of a question', { annotations: { kind: 'outages' } }],
    ['a KPI', { kind: 'kpi', metric: 'cost', refId: 'A', markWhen: { is: 'above', value: 3 } }],
    ['one of a later version', { kind: 'annotations', schemaVersion: 99 }],
  ])('prepares %s once, and then has nothing to change', (_, target) => {
    const prepared = prepare(target);
    expect(prepared && annotationSupport.prepareAnnotation?.(prepared)).toBe(prepared);
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
    const events = await eventsOf(undefined, [frame]);
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
    expect(await eventsOf(undefined, [frame])).toEqual([]);
  });

  it('marks a KPI where it is beyond a number, and never each of its values', async () => {
    const frames = [kpiFrame([0.5, 0.9])];
    const target = { kind: 'kpi', metric: 'agent_success_rate' };
    expect(await eventsOf(target, frames)).toEqual([]);
    expect(await eventsOf({ ...target, markWhen: { is: 'below', value: 0.6 } }, frames)).toMatchObject([
      { time: hour(0), timeEnd: hour(1) },
    ]);
  });

  it('asks for a KPI over time and once, whatever a panel would', () => {
    const target = { kind: 'kpi', metric: 'cost', format: 'table', live: true, compareTo: 'lastWeek' };
    const annotation = prepare(target);
    expect(annotation && annotationSupport.prepareQuery?.(annotation)).toMatchObject({
      metric: 'cost',
      format: 'timeseries',
      live: false,
      compareTo: 'none',
    });
  });

  it('marks nothing of a kind that is no annotation', async () => {
    const frame = toDataFrame({ fields: [{ name: 'time', type: FieldType.time, values: [1, 2] }] });
    expect(await eventsOf({ kind: 'lifecycle' }, [frame])).toEqual([]);
  });
});
