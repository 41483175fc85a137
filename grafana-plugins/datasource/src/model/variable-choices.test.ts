import { kpi } from './answer.fixture';
import { dimensionChoices, kpiChoices, matchingChoices } from './variable-choices';

const cost = { ...kpi, id: 'cost', title: 'Cost', family: 'cost', dimensions: ['team', 'model'] };
const same = (...values: string[]) => values.map((value) => ({ text: value, value }));

describe('choices of variables', () => {
  it('lists KPIs, of some families or of all', () => {
    expect(kpiChoices([kpi, cost], [])).toHaveLength(2);
    expect(kpiChoices([kpi, cost], ['cost', kpi.family])).toHaveLength(2);
    expect(kpiChoices([kpi, cost], ['cost'])).toEqual([{ text: 'Cost', value: 'cost' }]);
  });

  it('lists the dimensions of some KPIs, or all that there are, each once', () => {
    expect(dimensionChoices([kpi, cost], ['cost'])).toEqual(same('model', 'team'));
    expect(dimensionChoices([kpi, cost], ['cost', kpi.id])).toEqual(same('agent', 'model', 'team'));
    expect(dimensionChoices([kpi, cost], [])).toEqual(same('agent', 'model', 'team'));
    expect(dimensionChoices([kpi, cost], ['nope'])).toEqual([]);
  });

  it.each([
    ['', same('a-bot', 'b-bot', 'c')],
    ['^[ab]', same('a-bot', 'b-bot')],
    ['^(.*)-bot$', same('a', 'b')],
    ['/^A/i', same('a-bot')],
    ['bot|(x)', same('a-bot', 'b-bot')],
    ['(?<text>.)-(?<value>bot)', [{ text: 'b', value: 'bot' }]],
  ])('lets through what matches %j', (regex, choices) => {
    expect(matchingChoices(['a-bot', 'b-bot', 'c'], regex)).toEqual(choices);
  });

  it('says that an expression is none', () => {
    expect(() => matchingChoices(['a'], '(')).toThrow('"(" is not a regular expression.');
  });
});
