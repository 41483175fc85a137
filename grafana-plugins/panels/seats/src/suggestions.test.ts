import { answerOf, suggestedNames } from '@coditect/plugins-shared/panel/testing-suggestions';
import type { DataFrame } from '@grafana/data';
import { seatsFrame, transitionsFrame } from './model/seats-frames.fixture';
import { plugin } from './module';

const namesFor = (frames: DataFrame[]) => suggestedNames(plugin, frames);

it('suggests the seats panel for seats and transitions of ours, and of others by their columns', () => {
  const names = ['CODITECT Seats'];
  expect(namesFor([answerOf('seats', seatsFrame())])).toEqual(names);
  expect(namesFor([answerOf('seat-transitions', transitionsFrame())])).toEqual(names);
  expect(namesFor([seatsFrame(), transitionsFrame()])).toEqual(names);
});

it('suggests nothing for other analyses, for columns of other names, and for nothing', () => {
  expect(namesFor([answerOf('budget', seatsFrame())])).toEqual([]);
  const { fields, length } = seatsFrame();
  expect(namesFor([{ length, fields: fields.filter(({ name }) => name !== 'active') }])).toEqual([]);
  expect(namesFor([])).toEqual([]);
});
