import type { KpiProblem } from '@coditect/contracts';
import type { Kpi } from '../kpi.js';
import { createKpiRegistry, describeKpis } from '../kpi-registry.js';
import { readOwnKpis } from './own-kpi-files.js';

const good = `
- id: reviews
  title: Reviews
  definition: Runs of the reviewer that have finished.
  unit: count
  owner: platform team
  dimensions: [team, model]
  measure: { kind: count, where: { types: [ai.coditect.agent.run.finished.v1], in: { agent: [reviewer] } } }
`;

function fileOf(items: string): string {
  return `kpis:\n${items
    .trim()
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n')}\n`;
}

function read(text: string, name = 'acme/reviews.yaml'): readonly [readonly Kpi[], readonly KpiProblem[]] {
  const { byTenant, strays } = readOwnKpis([{ name, path: `/kpis/${name}`, text }]);
  const own = byTenant.get('acme');
  return [own?.kpis ?? [], [...strays, ...(own?.problems ?? [])]];
}

/** The definition with some lines in the place of others. */
function changed(...lines: readonly string[]): string {
  const byKey = new Map([...good.trim().split('\n'), ...lines].map((line) => [keyOf(line), line]));
  const all = [...byKey.values()].map((line) => line.replace(/^[-\s]+/, ''));
  return fileOf(all.map((line, index) => `${index === 0 ? '- ' : '  '}${line}`).join('\n'));
}

function keyOf(line: string): string {
  return /[a-zA-Z]+/.exec(line)?.[0] ?? '';
}

function problemsOf(...lines: readonly string[]): readonly string[] {
  return read(changed(...lines))[1].map(({ reason, severity }) => `${severity}: ${reason}`);
}

const count = 'kind: count, where: { types: [ai.coditect.agent.run.finished.v1] }';
const users = 'kind: distinctUsers, days: period';

describe('a file that can not be read', () => {
  it('is a problem of its tenant, whose other files count, and so do those of others', () => {
    const { byTenant } = readOwnKpis([
      { name: 'acme/large.yaml', path: 'l', text: '', fault: 'A file has at most 9 bytes.' },
      { name: 'acme/reviews.yaml', path: 'a', text: fileOf(good) },
      { name: 'globex/reviews.yaml', path: 'g', text: fileOf(good) },
    ]);
    expect([...byTenant].map(([id, { kpis, problems }]) => [id, kpis.length, problems])).toEqual([
      [
        'acme',
        1,
        [
          {
            severity: 'error',
            file: 'acme/large.yaml',
            line: 1,
            column: 1,
            reason: 'A file has at most 9 bytes.',
          },
        ],
      ],
      ['globex', 1, []],
    ]);
  });

  it('says the first hundred problems of a file, and how many there are more', () => {
    const [kpis, problems] = read(fileOf(good + '- 1\n'.repeat(150)));
    expect(kpis).toHaveLength(1);
    expect([problems.length, problems.at(-1)?.reason]).toEqual([101, 'and 50 problems more in this file']);
  });
});

describe('a KPI of a tenant’s own', () => {
  it('is one like those that are shipped, with its formula written from its measure', () => {
    const [kpis, problems] = read(fileOf(good));
    expect(problems).toEqual([]);
    expect(kpis).toEqual([
      expect.objectContaining({
        id: 'reviews',
        family: 'own',
        formula: 'count(agent.run.finished, agent = reviewer)',
        direction: 'neutral',
        dimensions: ['team', 'model'],
        smallestInterval: '1m',
      }),
    ]);
  });

  const measures: readonly (readonly [measure: string, unit: string, formula: string])[] = [
    [
      '{ kind: sum, columns: [tokensInput, tokensOutput] }',
      'tokens',
      'sum(tokensInput + tokensOutput) of every event',
    ],
    [
      '{ kind: quantile, level: 0.99, where: { types: [com.acme.build.v1], status: [ok, ""] } }',
      'milliseconds',
      'quantile(0.99, durationMs) of com.acme.build.v1, status in (ok, ""), within 0.5 % of the exact value',
    ],
    [
      '{ kind: distinctUsers, days: 7, domain: agent }',
      'users',
      'distinct(user, domain = agent) over the trailing 7 local days',
    ],
    [
      `{ kind: ratio, numerator: { ${count} }, denominator: { ${users} } }`,
      'count',
      'count(agent.run.finished) / distinct(user) over the period',
    ],
    [
      `{ kind: ratio, numerator: { ${users} }, denominator: { ${users} } }`,
      'ratio',
      'distinct(user) over the period / distinct(user) over the period',
    ],
    [
      `{ kind: ratio, numerator: { kind: count, where: { present: [tool], statusCodeMin: 400, statusCodeMax: 499 } }, denominator: { ${count} } }`,
      'ratio',
      'count(every event, statusCode >= 400, statusCode <= 499, tool given) / count(agent.run.finished)',
    ],
  ];
  it.each(measures)('may measure %s', (measure, unit, formula) => {
    const [kpis, problems] = read(changed(`measure: ${measure}`, `unit: ${unit}`, 'dimensions: [team]'));
    expect([problems, kpis.map((kpi) => kpi.formula)]).toEqual([[], [formula]]);
  });

  const refusals: readonly (readonly [line: string | readonly string[], problem: string])[] = [
    [
      'id: agent_runs',
      'error: agent_runs: id: "agent_runs" is the id of a KPI that is shipped. Take another one.',
    ],
    ['id: Reviews', 'error: Reviews: id: is small letters, digits and "_", a letter first'],
    ['unit: USD', 'error: reviews: unit: What is measured here has the unit count, not USD.'],
    [
      'dimensions: [teams]',
      'error: reviews: dimensions.0: There is no dimension "teams". Did you mean "team"?',
    ],
    ['dimensions: [team, team]', 'error: reviews: dimensions.1: This dimension is in the list already.'],
    [
      ['measure: { kind: sum, columns: [costUsd, responseBytes] }', 'unit: USD'],
      'error: reviews: measure.columns.1: responseBytes has another unit than costUsd.',
    ],
    [
      `measure: { kind: ratio, numerator: { ${users} }, denominator: { ${count} } }`,
      'error: reviews: measure.denominator: Users can be divided by users only.',
    ],
    [
      `measure: { kind: ratio, numerator: { ${count} }, denominator: { kind: distinctUsers, days: 7 } }`,
      'error: reviews: measure.denominator.days: Events are divided by the users of the same period: take "period".',
    ],
    [
      [`measure: { ${users} }`, 'unit: users'],
      'error: reviews: dimensions.1: Users can be split by team, project, domain only.',
    ],
    [
      [`measure: { ${users} }`, 'unit: users', 'dimensions: [team]', 'smallestInterval: 1h'],
      'error: reviews: smallestInterval: Users are counted by the day: take 1d, 1w or 1M.',
    ],
    [
      [
        'measure: { kind: ratio, numerator: { kind: count, where: { in: { model: [a] } } }, denominator: { kind: count } }',
        'unit: ratio',
      ],
      "error: reviews: dimensions.1: What this measures is told apart by model, so it can't be split by it.",
    ],
    [
      'measure: { kind: count, where: { statusCodeMin: 500, statusCodeMax: 400 } }',
      'error: reviews: measure.where.statusCodeMax: No status code is in this range.',
    ],
    ['measure: { kind: count, were: {} }', 'error: reviews: measure.were: there is no field "were"'],
    [
      'measure: { kind: count, where: { types: [ai.coditect.agent.run.finnished.v1] } }',
      'warning: reviews: measure.where.types.0: There is no type "ai.coditect.agent.run.finnished.v1" among those that are known. Did you mean "ai.coditect.agent.run.finished.v1"?',
    ],
  ];
  it.each(refusals)('is told what is wrong with %s', (lines, problem) => {
    expect(problemsOf(...(typeof lines === 'string' ? [lines] : lines))).toContain(problem);
  });
});

describe('a file of KPIs', () => {
  const faulty = `${good}
- id: reviews
  title: Reviews again
- id: costs
  title: Costs
  definition: What it costs.
  unit: tokens
  owner: finance
  dimensions: [team]
  measure: { kind: sum, columns: [costUsd] }
`;

  it('loses only the KPIs that are faulty, each with its line and column', () => {
    const [kpis, problems] = read(fileOf(faulty));
    expect(kpis.map(({ id }) => id)).toEqual(['reviews']);
    const places = problems.map(
      ({ column, file, line, severity }) => `${severity} ${file}:${line}:${column}`,
    );
    expect(places).toContain('error acme/reviews.yaml:10:5');
    expect(places).toContain('error acme/reviews.yaml:15:11');
  });

  it('may not say an id again that another file has said', () => {
    const { byTenant } = readOwnKpis(
      ['acme/a.yaml', 'acme/b.yaml', 'globex/a.yaml'].map((name) => ({
        name,
        path: name,
        text: fileOf(good),
      })),
    );
    expect(byTenant.get('acme')?.kpis).toHaveLength(1);
    const [problem] = byTenant.get('acme')?.problems ?? [];
    expect(problem).toMatchObject({ file: 'acme/b.yaml', line: 2, column: 9 });
    expect(problem?.reason).toContain('already, in acme/a.yaml:2.');
    expect(byTenant.get('globex')?.kpis).toHaveLength(1);
  });

  it.each([
    ['kpis: [', 1],
    ['kpis: {}', 1],
    ['kpi: []', 1],
    ['- id: a', 1],
  ])('that is no list is refused whole: %s', (text, line) => {
    const [kpis, problems] = read(text);
    expect(kpis).toEqual([]);
    expect(problems[0]).toMatchObject({ severity: 'error', file: 'acme/reviews.yaml', line });
  });

  it('without a tenant is told to nobody, and one without KPIs is fine', () => {
    expect(read(fileOf(good), 'reviews.yaml')).toMatchObject([[], [{ file: 'reviews.yaml', line: 1 }]]);
    expect(read('# none yet\n')).toEqual([[], []]);
  });
});

describe('the registry', () => {
  it('knows each tenant’s own and nobody else’s, and what took their place', () => {
    const registry = createKpiRegistry();
    const own = readOwnKpis([{ name: 'acme/a.yaml', path: 'a', text: fileOf(good) }]).byTenant;
    registry.replaceOwn(own);
    expect(registry.of('acme').find('reviews')?.title).toBe('Reviews');
    expect(describeKpis(registry.of('acme')).kpis.at(-1)).toMatchObject({ id: 'reviews', origin: 'tenant' });
    expect(registry.of('globex').find('reviews')).toBeUndefined();
    expect(describeKpis(registry.of('globex')).kpis.map(({ id }) => id)).not.toContain('reviews');
    expect(registry.of('acme').find('agent_runs')).toBe(registry.of('globex').find('agent_runs'));
    const before = registry.of('acme').find('reviews')?.revision;
    const other = fileOf(good.replace('reviewer]', 'tester]'));
    registry.replaceOwn(readOwnKpis([{ name: 'acme/a.yaml', path: 'a', text: other }]).byTenant);
    expect(registry.of('acme').find('reviews')?.revision).not.toBe(before);
    registry.replaceOwn(new Map());
    expect(registry.of('acme').find('reviews')).toBeUndefined();
  });
});
