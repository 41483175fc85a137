import { analysisFrameKind } from '@coditect/plugins-shared';
import { getPanelDataSummary, type DataFrame } from '@grafana/data';
import { retentionFrame } from './model/retention-frames.fixture';
import { plugin } from './module';

const namesFor = (frames: DataFrame[]) =>
  plugin.getSuggestions(getPanelDataSummary(frames))?.map(({ name }) => name);

const custom = (analysis: string) => ({ kind: analysisFrameKind, analysis });
const ours = (frame: DataFrame, analysis: string): DataFrame => ({
  ...frame,
  meta: { custom: custom(analysis) },
});

it('suggests the retention panel for retentions of ours, and of others by their columns', () => {
  const names = ['CODITECT Retention', 'CODITECT Retention, as curves'];
  expect(namesFor([ours(retentionFrame(), 'retention')])).toEqual(names);
  expect(namesFor([retentionFrame()])).toEqual(names);
});

it('suggests nothing for other analyses, for columns of other names, and for nothing', () => {
  expect(namesFor([ours(retentionFrame(), 'lifecycle')])).toEqual([]);
  const { fields, length } = retentionFrame();
  const renamed = fields.map((field) => (field.name === 'period' ? { ...field, name: 'month' } : field));
  expect(namesFor([{ length, fields: renamed }])).toEqual([]);
  expect(namesFor([])).toEqual([]);
});
