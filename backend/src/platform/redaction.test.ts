import fc from 'fast-check';
import { checkRedaction, compileRedaction, type RedactionRule } from './redaction.js';

const drop = (field: string): RedactionRule => ({ field, action: 'drop' });

describe('a rule of redaction', () => {
  it.each([
    ['customer', 'customer'],
    ['customer', 'CUSTOMER'],
    ['customer', 'customer.name'],
    ['customer.name', 'customer.name.first'],
    ['*name', 'fullname'],
    ['*name', 'customer.name.first'],
    ['cust*.na*', 'customer.name'],
    ['*', 'anything'],
    ['a*b*c', 'a.b.b.c'],
    ['a**b', 'ab'],
    ['api.+', 'api.+'],
  ])('%s is about %s', (field, name) => {
    expect(compileRedaction([drop(field)]).actionOf(name)).toBe('drop');
  });

  it.each([
    ['customer', 'customers'],
    ['customer', 'the.customer'],
    ['customer.name', 'customer'],
    ['a*ba', 'ab.a.x'],
    ['ab*bc', 'abc'],
    ['api.+', 'apixx'],
    ['a*b*c', 'a.c.b'],
  ])('%s is not about %s', (field, name) => {
    expect(compileRedaction([drop(field)]).actionOf(name)).toBeUndefined();
  });

  it('counts before those behind it', () => {
    const { actionOf } = compileRedaction([{ field: 'a.b', action: 'mask' }, drop('a*')]);
    expect(['a.b', 'a.c', 'b', 'a.b'].map((name) => actionOf(name))).toEqual([
      'mask',
      'drop',
      undefined,
      'mask',
    ]);
  });

  it('agrees with a regular expression of the same meaning', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 8 });
    const patterns = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*'), minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(letters, patterns, (name, field) => {
        const source = field
          .split('*')
          .map((part) => part.replaceAll('.', '\\.'))
          .join('.*');
        const isAbout = new RegExp(`^(?:${source})(?:\\..*)?$`).test(name);
        expect(compileRedaction([drop(field)]).actionOf(name)).toBe(isAbout ? 'drop' : undefined);
      }),
    );
  });

  it('looks at a long name in few steps, however many stars there are', () => {
    const { actionOf } = compileRedaction([drop(`${'a*'.repeat(8)}b`)]);
    expect(actionOf('a'.repeat(100_000))).toBeUndefined();
  });
});

function refusalOf(rules: readonly RedactionRule[]): unknown {
  try {
    checkRedaction(rules);
    return undefined;
  } catch (error) {
    return error;
  }
}

describe('rules that are set', () => {
  it.each([
    [[drop('type')], '/rules/0/field', 'Every event needs'],
    [[drop('a'), drop('A')], '/rules/1/field', 'already'],
    [[drop('*'.repeat(9))], '/rules/0/field', 'at most 8'],
    [[drop(' a')], '/rules/0/field', 'begins and ends'],
    [[drop('a.')], '/rules/0/field', 'begins and ends'],
    [[{ field: 'userId', action: 'mask' }], '/rules/0/field', 'would be one'],
  ] satisfies [RedactionRule[], string, string][])('%j are refused', (rules, pointer, reason) => {
    expect(refusalOf(rules)).toMatchObject({ code: 'redaction_invalid', pointer });
    expect(refusalOf(rules)).toHaveProperty('message', expect.stringContaining(reason));
  });

  it('are taken where they can be followed', () => {
    expect(() => {
      checkRedaction([drop('userId'), { field: 'customer.*', action: 'pseudonymise' }, drop('*secret*')]);
    }).not.toThrow();
  });
});
