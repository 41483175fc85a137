import type { AnswerCell, AnswerColumn } from '@coditect/contracts';
import type { AnalysisResult } from './analysis-handler.js';
import { hideSmallParts } from './hide-small-groups.js';

const filters = [{ dimension: 'team', operator: '=', value: 'red' }];
const users: AnswerColumn = { name: 'users', type: 'number', unit: 'users' };
const share: AnswerColumn = { name: 'share', type: 'number', unit: 'ratio' };

function resultOf(columns: AnswerColumn[], rows: AnswerCell[][]): AnalysisResult {
  return { columns, rows, completeUntilMs: 0, sources: [], notices: [] };
}

const retention = resultOf(
  [{ name: 'cohort', type: 'time' }, { name: 'period', type: 'number' }, users, share],
  [
    ['2026-01-05', 0, 5, 1],
    ['2026-01-05', 1, 4, 0.8],
    ['2026-01-05', 2, 0, 0],
    ['2026-01-05', 3, null, null],
  ],
);

describe('rows about few people', () => {
  it('have no numbers where a part of the tenant was asked for, and are counted', () => {
    const asked = { analysis: 'retention', query: { filters }, minGroupSize: 5 } as const;
    const { rows, notices } = hideSmallParts(retention, asked);
    expect(rows).toEqual([
      ['2026-01-05', 0, 5, 1],
      ['2026-01-05', 1, null, null],
      ['2026-01-05', 2, 0, 0],
      ['2026-01-05', 3, null, null],
    ]);
    expect(notices).toMatchObject([{ code: 'small_groups_hidden' }]);
  });

  it.each([
    ['a filter of a step', { filters: [], steps: [{ filters }] }],
    ['a breakdown', { filters: [], breakdown: 'team' }],
  ])('are hidden with %s', (_name, query) => {
    const { rows } = hideSmallParts(retention, { analysis: 'funnel', query, minGroupSize: 5 });
    expect(rows[1]).toEqual(['2026-01-05', 1, null, null]);
  });

  it('stay where the whole tenant was asked for, or everybody is told of', () => {
    const whole = { filters: [], note: '"filters":[{' };
    expect(hideSmallParts(retention, { analysis: 'retention', query: whole, minGroupSize: 5 })).toBe(
      retention,
    );
    const query = { filters };
    expect(hideSmallParts(retention, { analysis: 'retention', query, minGroupSize: 1 })).toBe(retention);
  });

  it('are left out where they say what those people did', () => {
    const paths = resultOf(
      [{ name: 'path', type: 'string' }, users],
      [
        ['a > b', 5],
        ['a > c', 2],
      ],
    );
    const { rows } = hideSmallParts(paths, { analysis: 'paths', query: { filters: [] }, minGroupSize: 5 });
    expect(rows).toEqual([['a > b', 5]]);
  });
});
