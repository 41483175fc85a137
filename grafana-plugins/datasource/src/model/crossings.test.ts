import { toDataFrame } from '@grafana/data';
import { toCrossings } from './crossings';
import { hour, kpiFrame } from './kpi-frame.fixture';

describe('toCrossings', () => {
  it('marks the spans in which a value is beyond the line, and nothing else', () => {
    const frames = [kpiFrame([0.5, 0.95, 0.97, 0.5, null, 0.91])];
    expect(toCrossings(frames, { is: 'above', value: 0.9 })).toEqual([
      {
        time: hour(1),
        timeEnd: hour(3),
        isRegion: true,
        title: 'Agent success rate above 90%',
        text: 'Highest: 97%.',
        tags: ['kpi', 'agent_success_rate', 'above'],
      },
      expect.objectContaining({ time: hour(5), timeEnd: hour(6), text: 'Highest: 91%.' }),
    ]);
    expect(toCrossings(frames, { is: 'below', value: 0.5 })).toEqual([]);
    expect(
      toCrossings(frames, { is: 'below', value: 0.6 }).map(({ time, timeEnd }) => [time, timeEnd]),
    ).toEqual([
      [hour(0), hour(1)],
      [hour(3), hour(4)],
    ]);
  });

  it('takes the target of the KPI where no number is given, and marks nothing where it has none', () => {
    expect(toCrossings([kpiFrame([0.5, 0.9], { target: 0.8 })], { is: 'below' })).toMatchObject([
      { time: hour(0), title: 'Agent success rate below 80%', text: 'Lowest: 50%.' },
    ]);
    expect(toCrossings([kpiFrame([0.5, 0.9])], { is: 'below' })).toEqual([]);
  });

  it('says of which group it is, and marks a single value at its time', () => {
    const frames = [kpiFrame([0.5], { name: 'core' })];
    expect(toCrossings(frames, { is: 'below', value: 1 })).toMatchObject([
      { isRegion: false, title: 'Agent success rate, core below 100%' },
    ]);
  });

  it('makes nothing of frames that are of no KPI', () => {
    const frame = toDataFrame({
      fields: [
        { name: 'time', values: [1] },
        { name: 'value', values: [1] },
      ],
    });
    expect(toCrossings([frame], { is: 'above', value: 0 })).toEqual([]);
  });
});
