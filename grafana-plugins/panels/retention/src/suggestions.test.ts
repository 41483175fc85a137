import { answerOf, suggestedNames } from '@coditect/plugins-shared/panel/testing-suggestions';
import type { DataFrame } from '@grafana/data';
import { retentionFrame } from './model/retention-frames.fixture';
import { plugin } from './module';

const namesFor = (frames: DataFrame[]) => suggestedNames(plugin, frames);

it('suggests the retention panel for retentions of ours, and of others by their columns', () => {
  const names = ['CODITECT Retention', 'CODITECT Retention, as curves'];
  expect(namesFor([answerOf('retention', retentionFrame())])).toEqual(names);
  expect(namesFor([retentionFrame()])).toEqual(names);
});

it('suggests nothing for other analyses, for columns of other names, and for nothing', () => {
  expect(namesFor([answerOf('lifecycle', retentionFrame())])).toEqual([]);
  const { fields, length } = retentionFrame();
  const renamed = fields.map((field) => (field.name === 'period' ? { ...field, name: 'month' } : field));
  expect(namesFor([{ length, fields: renamed }])).toEqual([]);
  expect(namesFor([])).toEqual([]);
});
