import { kpi } from './answer.fixture';
import { searchCatalogue } from './search-catalogue';

const cost = {
  ...kpi,
  id: 'cost',
  title: 'Cost',
  family: 'consumption',
  unit: 'USD' as const,
  definition: 'Dollars for models.',
  formula: 'sum(costUsd)',
  dimensions: ['model'],
};
const tokens = {
  ...cost,
  id: 'tokens',
  title: 'Tokens',
  unit: 'tokens' as const,
  definition: 'Read and written.',
};
const found = (text: string) =>
  searchCatalogue([kpi, cost, tokens], text).map(({ name, kpis }) => [name, kpis.map(({ id }) => id)]);

it('lists everything by family without a word', () => {
  expect(found(' ')).toEqual([
    ['agents', ['agent_success_rate']],
    ['consumption', ['cost', 'tokens']],
  ]);
});

it.each([
  ['SUCCESS rate', [['agents', ['agent_success_rate']]]],
  ['dollars', [['consumption', ['cost']]]],
  ['model tokens', [['consumption', ['tokens']]]],
  ['dollars usd', [['consumption', ['cost']]]],
  ['nothing of it', []],
])('finds %j in any part', (text, expected) => {
  expect(found(text)).toEqual(expected);
});
