import { FieldType, type DataFrame, type Field } from '@grafana/data';
import { describeShape, findColumns, type ColumnWish } from './columns';

const wishes: ColumnWish<'group' | 'label' | 'users' | 'median'>[] = [
  { key: 'label', names: ['label', 'step'], types: [FieldType.string], isNeeded: true, meaning: 'name' },
  { key: 'users', names: ['users'], types: [FieldType.number], isNeeded: true, meaning: 'count' },
  { key: 'median', names: ['medianMs'], types: [FieldType.number], isNeeded: false, meaning: 'time' },
];

function frame(...fields: [name: string, type: FieldType, config?: Field['config']][]): DataFrame {
  return {
    length: 1,
    fields: fields.map(([name, type, config = {}]) => ({ name, type, values: [1], config })),
  };
}

function namesFound(input: DataFrame) {
  const { columns, missing } = findColumns(input, wishes);
  return { ...Object.fromEntries([...columns].map(([key, { name }]) => [key, name])), missing };
}

describe('findColumns', () => {
  it('goes by the name before the type, however it is spelt', () => {
    expect(
      namesFound(
        frame(
          ['total', FieldType.number],
          ['MEDIAN_MS', FieldType.number],
          ['Users', FieldType.number],
          ['country', FieldType.string],
          ['Step', FieldType.string],
        ),
      ),
    ).toEqual({ label: 'Step', users: 'Users', median: 'MEDIAN_MS', missing: [] });
  });

  it('prefers the name that says more, whatever its place', () => {
    expect(
      namesFound(frame(['step', FieldType.string], ['label', FieldType.string], ['users', FieldType.number])),
    ).toEqual({ label: 'label', users: 'users', missing: [] });
  });

  it('goes by the type and the place for what is needed and has another name', () => {
    expect(
      namesFound(frame(['what', FieldType.string], ['n', FieldType.number], ['m', FieldType.number])),
    ).toEqual({ label: 'what', users: 'n', missing: [] });
  });

  it('takes a name only with its type, and a display name like a name', () => {
    expect(
      namesFound(frame(['step', FieldType.number], ['x', FieldType.string, { displayName: 'Step' }])),
    ).toEqual({ label: 'x', users: 'step', missing: [] });
  });

  it('leaves out what an override hides, and says what is missing', () => {
    const hidden = { custom: { hideFrom: { viz: true } } };
    expect(namesFound(frame(['label', FieldType.string], ['users', FieldType.number, hidden]))).toEqual({
      label: 'label',
      missing: ['users'],
    });
  });
});

it('explains by the frame that lacks the least', () => {
  const problem = describeShape(
    [frame(['a', FieldType.boolean]), frame(['users', FieldType.number]), frame()],
    wishes,
  );
  expect(problem.expected.map(({ name, isFound }) => [name, isFound])).toEqual([
    ['label', false],
    ['users', true],
    ['medianMs', false],
  ]);
  expect(problem.found).toEqual(['a (boolean)', 'users (number)', 'no fields']);
});
