import { createTheme, FieldType, type DataFrame } from '@grafana/data';
import { defaultOptions } from '../migrations';
import type { SeatsPanelOptions } from '../types';
import { buildViewModel, noPriceText } from './build-view-model';
import { seatsFrame, table, transitionsFrame } from './seats-frames.fixture';

const theme = createTheme();

function build(frames: DataFrame[], options: Partial<SeatsPanelOptions> = {}) {
  return buildViewModel({
    frames,
    options: { ...defaultOptions, ...options },
    theme,
    timeZone: 'Europe/Berlin',
  });
}

describe('buildViewModel', () => {
  it('shows the last time in numbers', () => {
    const { now } = build([seatsFrame()]);
    expect(now?.numbers.map(({ label, text }) => `${label} ${text}`)).toEqual([
      'Purchased 20',
      'Assigned 16',
      'Active 12',
      'Idle 3',
    ]);
    expect(now?.utilisation).toBe('75.0%');
  });

  it('shows the last time that is known, whatever the order of the rows', () => {
    const frame = table(
      ['time', FieldType.time, [3, 2, 1]],
      ['purchased', FieldType.number, [null, 8, 4]],
      ['assigned', FieldType.number, [null, 6, 4]],
      ['active', FieldType.number, [null, 5, 4]],
    );
    expect(build([frame]).now?.numbers[0]?.text).toBe('8');
  });

  it('speaks of the parts of the bar, and explains them', () => {
    expect(build([seatsFrame()]).now?.parts.map(({ spoken }) => spoken)).toEqual([
      'Active: 12 seats, 60.0% of all',
      'Assigned lately: 1 seats, 5.0% of all',
      'Idle: 3 seats, 15.0% of all',
      'Unassigned: 4 seats, 20.0% of all',
    ]);
  });

  it('gives the cost of idle seats in its currency, or says that no price is known', () => {
    expect(build([seatsFrame()]).now?.cost).toEqual({ text: '$117 a month', isKnown: true });
    expect(build([seatsFrame(0)]).now?.cost).toEqual({ text: '$0 a month', isKnown: true });
    expect(build([seatsFrame(null)]).now?.cost).toEqual({ text: noPriceText, isKnown: false });
    const fields = seatsFrame().fields.filter(({ name }) => name !== 'idleCost');
    expect(build([{ length: 3, fields }]).now?.cost).toBeUndefined();
  });

  it('names the days of the trend in the time zone of the dashboard', () => {
    const { trend } = build([seatsFrame()]);
    expect([trend?.from, trend?.to]).toEqual(['2026-03-28', '2026-03-30']);
    expect(trend?.notes[1]?.spoken).toBe('2026-03-29: Purchased 20, Assigned 10, Active 5, Idle 2');
  });

  it('puts transitions in an order of its own, with words, in whatever frame they come', () => {
    const { transitions, hasTransitionCost, now } = build([transitionsFrame(), seatsFrame()]);
    expect(now).toBeDefined();
    expect(transitions.map(({ title, news, seats, cost }) => [title, news, seats, cost])).toEqual([
      ['Retained', 'good', '9', '$117'],
      ['Still at risk', 'bad', '3', '$351'],
    ]);
    expect(hasTransitionCost).toBe(true);
    expect(build([transitionsFrame([null, null])]).hasTransitionCost).toBe(false);
  });

  it('shows transitions of others under their own names', () => {
    const frame = table(
      ['what', FieldType.string, ['moved', 'Re-activated']],
      ['n', FieldType.number, [1, 2]],
    );
    expect(build([frame]).transitions.map(({ title }) => title)).toEqual(['Reactivated', 'moved']);
  });

  it('says when more is assigned than was purchased', () => {
    const frame = table(
      ['bought', FieldType.number, [10]],
      ['given', FieldType.number, [14]],
      ['used', FieldType.number, [7]],
    );
    const { remarks, now, trend } = build([frame]);
    expect(remarks).toEqual(['4 more assigned than purchased.']);
    expect(now?.utilisation).toBe('50.0%');
    expect(now?.numbers[3]?.text).toBe('7');
    expect(trend).toBeUndefined();
    expect(build([seatsFrame()]).remarks).toEqual([]);
  });

  it('leaves out what the options leave out', () => {
    const options = { showUtilisation: false, showCost: false, showTrend: false, showTransitions: false };
    const model = build([seatsFrame(), transitionsFrame()], { ...options, showDefinition: false });
    expect(model).toMatchObject({ trend: undefined, transitions: [], explanation: undefined });
    expect(model.now).toMatchObject({ utilisation: undefined, cost: undefined });
  });

  it('tells empty from unfit', () => {
    expect(build([])).toMatchObject({ now: undefined, problem: undefined });
    const { problem } = build([table(['time', FieldType.time, [1]], ['value', FieldType.number, [1]])]);
    expect(
      problem?.expected.filter(({ isNeeded, isFound }) => isNeeded && !isFound).map(({ name }) => name),
    ).toEqual(['assigned', 'active']);
  });
});

it('shows seats of a team, of which nobody knows how many were purchased', () => {
  const fields = seatsFrame().fields.map((field) =>
    field.name === 'purchased' || field.name === 'unassigned'
      ? { ...field, values: [null, null, null] }
      : field,
  );
  const { now, remarks, trend } = build([{ length: 3, fields }]);
  expect(now?.numbers.map(({ text }) => text)).toEqual(['–', '16', '12', '3']);
  expect(now?.parts.map(({ kind, share }) => `${kind} ${share}`)).toEqual([
    'active 0.75',
    'recent 0.0625',
    'idle 0.1875',
  ]);
  expect(remarks).toEqual([]);
  expect(trend?.counts).toHaveLength(3);
});
