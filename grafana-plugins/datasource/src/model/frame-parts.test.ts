import { titleOf } from './frame-parts';

it('says names of columns in words, and leaves names that somebody chose', () => {
  const names = ['agent', 'statusCode', 'sourceEventId', 'attributes.cartId', 'snake_case', 'p95', 'Week 0'];
  expect(names.map(titleOf)).toEqual([
    'Agent',
    'Status code',
    'Source event ID',
    'attributes.cartId',
    'snake_case',
    'p95',
    'Week 0',
  ]);
});
