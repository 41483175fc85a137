import type { QueryFilter } from '../types';
import { interpolateFilter, interpolateList, type Interpolate } from './template';

/** A stand-in for Grafana's template service, with the formats that this plugin asks for. */
function templates(variables: Record<string, { value: string | string[]; text?: string }>): Interpolate {
  return (text, format) =>
    text.replaceAll(
      /\$(\w+)|\$\{(\w+)(?::(\w+))?\}/gu,
      (match, bare?: string, braced?: string, inline?: string) => {
        const variable = variables[bare ?? braced ?? ''];
        if (!variable) {
          return match;
        }
        const list = Array.isArray(variable.value) ? variable.value : [variable.value];
        if (inline === 'text') {
          return variable.text ?? list.join(' + ');
        }
        if (typeof format === 'function') {
          return format(variable.value);
        }
        return format === 'regex' && list.length > 1 ? `(${list.join('|')})` : list.join(',');
      },
    );
}

const filter = (operator: QueryFilter['operator'], value: QueryFilter['value']): QueryFilter => ({
  dimension: 'team',
  operator,
  value,
});

describe('interpolateFilter', () => {
  const several = templates({ team: { value: ['a', 'b,c'] } });

  it('turns a variable with several values into a list, whatever the values hold', () => {
    expect(interpolateFilter(filter('=', '$team'), several)).toEqual(filter('in', ['a', 'b,c']));
    expect(interpolateFilter(filter('!=', '${team}'), several)).toEqual(filter('not in', ['a', 'b,c']));
    expect(interpolateFilter(filter('in', ['$team', 'd']), several)).toEqual(filter('in', ['a', 'b,c', 'd']));
  });

  it.each(['${team:csv}', '${team:pipe}', '${team:json}', '${team:regex}', '[[team:csv]]'])(
    'takes the values of %s, not the text that its format makes of them',
    (value) => {
      // As Grafana's: the format that a text names goes before the one that is asked for.
      const named: Interpolate = (text, format) =>
        text.replaceAll(
          /\$\{team(?::(\w+))?\}|\[\[team(?::(\w+))?\]\]/gu,
          (_match, one?: string, two?: string) => {
            const own = one ?? two;
            if (own === undefined && typeof format === 'function') return format(['a', 'b']);
            return own === undefined && format === 'regex' ? '(a|b)' : 'a,b';
          },
        );
      const team = { dimension: 'team', value };
      expect(interpolateFilter({ ...team, operator: '=' }, named)).toEqual({
        ...team,
        operator: 'in',
        value: ['a', 'b'],
      });
      expect(interpolateFilter({ ...team, operator: '=~' }, named)).toMatchObject({ value: '(a|b)' });
      expect(interpolateList([value], named)).toEqual(['a', 'b']);
    },
  );

  it('keeps the operator for a variable with one value', () => {
    expect(interpolateFilter(filter('=', '$team'), templates({ team: { value: ['a'] } }))).toEqual(
      filter('=', 'a'),
    );
    expect(interpolateFilter(filter('!=', '$team'), templates({ team: { value: 'a' } }))).toEqual(
      filter('!=', 'a'),
    );
  });

  it('drops the filter for "All", in every way a host says so', () => {
    for (const value of [['a', 'b'], '.*', '$__all', []]) {
      const all = templates({ team: { value, text: 'All' } });
      expect(interpolateFilter(filter('=', '$team'), all)).toBeUndefined();
      expect(interpolateFilter(filter('in', ['$team']), all)).toBeUndefined();
      expect(interpolateFilter(filter('=~', '$team'), all)).toBeUndefined();
    }
  });

  it('keeps a team that is really called All', () => {
    expect(interpolateFilter(filter('=', '$team'), templates({ team: { value: 'All' } }))).toEqual(
      filter('=', 'All'),
    );
  });

  it('writes several values into an expression as alternatives', () => {
    expect(interpolateFilter(filter('=~', '^$team$'), several)).toEqual(filter('=~', '^(a|b,c)$'));
  });

  it('replaces variables inside a longer text', () => {
    const one = templates({ team: { value: 'a' } });
    expect(interpolateFilter(filter('=', 'x-$team'), one)).toEqual(filter('=', 'x-a'));
  });

  it('makes one text of each value of a variable inside a longer text', () => {
    expect(interpolateFilter(filter('=', 'x-$team'), several)).toEqual(filter('in', ['x-a', 'x-b,c']));
    expect(interpolateFilter(filter('!=', '${team:csv}.x'), several)).toEqual(
      filter('not in', ['a.x', 'b,c.x']),
    );
    const both = templates({ team: { value: ['a', 'b'] }, stage: { value: ['1', '2'] } });
    expect(interpolateFilter(filter('in', ['$team/$stage', 'z']), both)).toEqual(
      filter('in', ['a/1', 'a/2', 'b/1', 'b/2', 'z']),
    );
    expect(interpolateFilter(filter('=', '$team$team'), both)).toEqual(
      filter('in', ['aa', 'ab', 'ba', 'bb']),
    );
  });

  it('takes what is listed for "All" inside a longer text, and drops the filter where nothing is', () => {
    const listed = templates({ team: { value: ['a', 'b'], text: 'All' } });
    expect(interpolateFilter(filter('=', 'x-$team'), listed)).toEqual(filter('in', ['x-a', 'x-b']));
    for (const value of ['.*', '$__all', []]) {
      const all = templates({ team: { value, text: 'All' } });
      expect(interpolateFilter(filter('=', 'x-$team'), all)).toBeUndefined();
    }
  });

  it('keeps a text that only looks like a variable', () => {
    expect(interpolateFilter(filter('=', '$unknown'), templates({}))).toEqual(filter('=', '$unknown'));
  });

  it('drops a filter that was left unfinished, but keeps the empty value', () => {
    expect(interpolateFilter({ dimension: '', operator: '=', value: 'a' }, several)).toBeUndefined();
    expect(interpolateFilter(filter('in', []), several)).toBeUndefined();
    expect(interpolateFilter(filter('=~', ''), several)).toBeUndefined();
    expect(interpolateFilter(filter('=', []), several)).toBeUndefined();
    expect(interpolateFilter(filter('=', ''), several)).toEqual(filter('=', ''));
  });

  it('makes no other operator of one that it does not know', () => {
    expect(interpolateFilter(filter('<>', '$team'), several)).toEqual(filter('<>', 'a,b,c'));
  });
});

describe('interpolateList', () => {
  it('spreads variables and names each dimension once', () => {
    const both = templates({ by: { value: ['team', 'agent'] }, none: { value: ['x'], text: 'All' } });
    expect(interpolateList(['$by', 'team', '$none'], both)).toEqual(['team', 'agent']);
  });
});
