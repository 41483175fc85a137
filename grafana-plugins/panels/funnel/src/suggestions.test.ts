import { analysisFrameKind } from '@coditect/plugins-shared';
import { getPanelDataSummary, type DataFrame } from '@grafana/data';
import { funnelFrame } from './model/funnel-frames.fixture';
import { plugin } from './module';

const namesFor = (frames: DataFrame[]) =>
  plugin.getSuggestions(getPanelDataSummary(frames))?.map(({ name }) => name);

const custom = (analysis: string) => ({ kind: analysisFrameKind, analysis });
const ours = (frame: DataFrame, analysis: string): DataFrame => ({
  ...frame,
  meta: { custom: custom(analysis) },
});

it('suggests the funnel panel for funnels of ours, and of others by their columns', () => {
  const names = ['CODITECT Funnel', 'CODITECT Funnel, as rows'];
  expect(namesFor([ours(funnelFrame(), 'funnel')])).toEqual(names);
  expect(namesFor([funnelFrame()])).toEqual(names);
});

it('suggests nothing for other analyses, for any name with a count, and for nothing', () => {
  expect(namesFor([ours(funnelFrame(), 'paths')])).toEqual([]);
  const { fields, length } = funnelFrame();
  expect(namesFor([{ length, fields: fields.filter(({ name }) => name !== 'step') }])).toEqual([]);
  expect(namesFor([])).toEqual([]);
});
