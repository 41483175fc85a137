import { answerOf, suggestedNames } from '@coditect/plugins-shared/panel/testing-suggestions';
import type { DataFrame } from '@grafana/data';
import { funnelFrame } from './model/funnel-frames.fixture';
import { plugin } from './module';

const namesFor = (frames: DataFrame[]) => suggestedNames(plugin, frames);

it('suggests the funnel panel for funnels of ours, and of others by their columns', () => {
  const names = ['CODITECT Funnel', 'CODITECT Funnel, as rows'];
  expect(namesFor([answerOf('funnel', funnelFrame())])).toEqual(names);
  expect(namesFor([funnelFrame()])).toEqual(names);
});

it('suggests nothing for other analyses, for any name with a count, and for nothing', () => {
  expect(namesFor([answerOf('paths', funnelFrame())])).toEqual([]);
  const { fields, length } = funnelFrame();
  expect(namesFor([{ length, fields: fields.filter(({ name }) => name !== 'step') }])).toEqual([]);
  expect(namesFor([])).toEqual([]);
});
