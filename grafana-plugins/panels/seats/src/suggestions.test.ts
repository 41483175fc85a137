import { analysisFrameKind } from '@coditect/plugins-shared';
import { getPanelDataSummary, type DataFrame } from '@grafana/data';
import { seatsFrame, transitionsFrame } from './model/seats-frames.fixture';
import { plugin } from './module';

const namesFor = (frames: DataFrame[]) =>
  plugin.getSuggestions(getPanelDataSummary(frames))?.map(({ name }) => name);

const custom = (analysis: string) => ({ kind: analysisFrameKind, analysis });
const ours = (frame: DataFrame, analysis: string): DataFrame => ({
  ...frame,
  meta: { custom: custom(analysis) },
});

it('suggests the seats panel for seats and transitions of ours, and of others by their columns', () => {
  const names = ['CODITECT Seats'];
  expect(namesFor([ours(seatsFrame(), 'seats')])).toEqual(names);
  expect(namesFor([ours(transitionsFrame(), 'seat-transitions')])).toEqual(names);
  expect(namesFor([seatsFrame(), transitionsFrame()])).toEqual(names);
});

it('suggests nothing for other analyses, for columns of other names, and for nothing', () => {
  expect(namesFor([ours(seatsFrame(), 'budget')])).toEqual([]);
  const { fields, length } = seatsFrame();
  expect(namesFor([{ length, fields: fields.filter(({ name }) => name !== 'active') }])).toEqual([]);
  expect(namesFor([])).toEqual([]);
});
