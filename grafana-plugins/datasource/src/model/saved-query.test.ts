import { newQuery } from './new-query';
import { describeQuery } from './saved-query';

describe('describeQuery', () => {
  it('names the steps of a funnel, and says where it has none', () => {
    const funnel = newQuery('funnel', 'A');
    const withSteps = (steps: typeof funnel.funnel.steps) =>
      describeQuery({ ...funnel, funnel: { ...funnel.funnel, steps } });
    expect(describeQuery(funnel)).toBe('Funnel without steps');
    expect(withSteps([])).toBe('Funnel without steps');
    const filters = [{ dimension: 'team', operator: '=', value: 'a' }];
    expect(withSteps([{ filters: [] }, { filters }])).toBe('Funnel: any event > any event');
    expect(
      withSteps([
        { type: 'a', filters: [] },
        { type: 'b', label: 'Bought', filters: [] },
      ]),
    ).toBe('Funnel: a > Bought');
  });
});
