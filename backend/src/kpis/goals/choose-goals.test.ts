import { budgetSchema, targetSchema, type StoredGoals } from '@coditect/contracts';
import { chooseBudget, chooseTarget, findSeatPrice, mergeGoals, pinScope } from './choose-goals.js';

const equals = (dimension: string, value: string) => ({ dimension, operator: '=' as const, value });

function aTarget(given: { name: string; scope?: Record<string, string>; from?: string; metric?: string }) {
  return targetSchema.parse({ metric: 'cost', value: 1, ...given });
}

describe('the group that filters pin down', () => {
  it('is the whole tenant without filters, and what each filter names', () => {
    expect(pinScope([])).toEqual({});
    expect(pinScope([equals('team', 'red'), { dimension: 'agent', operator: 'in', value: ['a'] }])).toEqual({
      team: 'red',
      agent: 'a',
    });
    expect(pinScope([equals('team', '')])).toEqual({ team: '' });
  });

  it('is none where a filter leaves several values, leaves out, or contradicts another one', () => {
    expect(pinScope([{ dimension: 'team', operator: 'in', value: ['red', 'blue'] }])).toBeUndefined();
    expect(pinScope([{ dimension: 'team', operator: '!=', value: 'red' }])).toBeUndefined();
    expect(pinScope([{ dimension: 'team', operator: '=~', value: 'red' }])).toBeUndefined();
    expect(pinScope([{ dimension: 'team', operator: 'not in', value: ['red'] }])).toBeUndefined();
    expect(pinScope([equals('team', 'red'), equals('team', 'blue')])).toBeUndefined();
    expect(pinScope([equals('team', 'red'), equals('team', 'red')])).toEqual({ team: 'red' });
    expect(pinScope([{ dimension: 'team', operator: 'in', value: ['red', 'red'] }])).toEqual({ team: 'red' });
  });
});

describe('the target of a question', () => {
  const question = { metric: 'cost', scope: {}, lastDay: '2026-03-31' };

  it('is of exactly the group and the KPI', () => {
    const targets = [
      aTarget({ name: 'whole' }),
      aTarget({ name: 'red', scope: { team: 'red' } }),
      aTarget({ name: 'red-a', scope: { agent: 'a', team: 'red' } }),
      aTarget({ name: 'other', metric: 'tokens', from: '2026-01-01' }),
    ];
    const nameFor = (scope: Record<string, string>) => chooseTarget(targets, { ...question, scope })?.name;
    expect(nameFor({})).toBe('whole');
    expect(nameFor({ team: 'red' })).toBe('red');
    expect(nameFor({ team: 'red', agent: 'a' })).toBe('red-a');
    expect(nameFor({ team: 'blue' })).toBeUndefined();
    expect(nameFor({ agent: 'a' })).toBeUndefined();
    expect(nameFor({ team: 'red', agent: 'b' })).toBeUndefined();
  });

  it('is the one that began last by the last day of the range', () => {
    const targets = [
      aTarget({ name: 'q2', from: '2026-04-01' }),
      aTarget({ name: 'q1', from: '2026-01-01' }),
      aTarget({ name: 'ever' }),
      aTarget({ name: 'march', from: '2026-03-31' }),
    ];
    const nameOn = (lastDay: string) => chooseTarget(targets, { ...question, lastDay })?.name;
    expect(nameOn('2025-12-31')).toBe('ever');
    expect(nameOn('2026-01-01')).toBe('q1');
    expect(nameOn('2026-03-30')).toBe('q1');
    expect(nameOn('2026-03-31')).toBe('march');
    expect(nameOn('2026-04-01')).toBe('q2');
    expect(chooseTarget([aTarget({ name: 'q2', from: '2026-04-01' })], question)).toBeUndefined();
  });

  it('is the first of two that began on the same day, which is the file’s', () => {
    const both = [aTarget({ name: 'b', from: '2026-01-01' }), aTarget({ name: 'a', from: '2026-01-01' })];
    expect(chooseTarget(both, question)?.name).toBe('b');
  });
});

it('a budget counts from the month of its day on', () => {
  const budgets = [
    budgetSchema.parse({ name: 'old', monthlyUsd: 1 }),
    budgetSchema.parse({ name: 'new', monthlyUsd: 2, from: '2026-03-15' }),
    budgetSchema.parse({ name: 'red', monthlyUsd: 3, scope: { team: 'red' } }),
  ];
  expect(chooseBudget(budgets, {}, '2026-02')?.name).toBe('old');
  expect(chooseBudget(budgets, {}, '2026-03')?.name).toBe('new');
  expect(chooseBudget(budgets, { team: 'red' }, '2026-03')?.name).toBe('red');
  expect(chooseBudget(budgets, { team: 'blue' }, '2026-03')).toBeUndefined();
});

it('a price counts from its day on', () => {
  const prices = [
    { name: 'new', monthlyUsd: 20, from: '2026-03-15' },
    { name: 'old', monthlyUsd: 10 },
  ];
  expect(findSeatPrice(prices, '2026-03-14')?.monthlyUsd).toBe(10);
  expect(findSeatPrice(prices, '2026-03-15')?.monthlyUsd).toBe(20);
  expect(findSeatPrice(prices.slice(0, 1), '2026-03-14')).toBeUndefined();
});

it('a goal of a file stands before the one of the API with its name', () => {
  const stored: StoredGoals = {
    api: {
      targets: [aTarget({ name: 'a', from: '2026-01-01' }), aTarget({ name: 'b' })],
      budgets: [],
      seatPrices: [{ name: 'a', monthlyUsd: 1 }],
    },
    file: { targets: [aTarget({ name: 'a' })], budgets: [], seatPrices: [] },
  };
  expect(mergeGoals(stored)).toEqual({
    targets: [aTarget({ name: 'a' }), aTarget({ name: 'b' })],
    budgets: [],
    seatPrices: [{ name: 'a', monthlyUsd: 1 }],
  });
});
