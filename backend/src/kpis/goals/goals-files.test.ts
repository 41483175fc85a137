import type { Deed } from '../../platform/audit.js';
import type { AuditTrail } from '../../platform/audit-trail.js';
import { AppError } from '../../platform/errors.js';
import { YamlError } from '../../platform/yaml-files.js';
import { createMemoryGoalsStore } from '../../testkit/memory-goals-store.js';
import { kpiCatalogue } from '../catalogue.js';
import { createGoalsLoader, parseGoals } from './goals-files.js';

function issuesOf(text: string): readonly string[] {
  try {
    parseGoals('acme.yaml', text, kpiCatalogue);
    return [];
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    return error.issues.map(({ line, reason }) => `${line} ${reason}`);
  }
}

const file = (name: string, text: string) => ({ name, path: `/goals/${name}`, text });
const aPrice = (usd: number): string => `seatPrices:\n  - { name: seat, monthlyUsd: ${usd} }\n`;

describe('a file of goals', () => {
  it('is read whole', () => {
    const text = `
targets:
  - name: success
    metric: agent_success_rate
    value: 0.95
    scope: { team: red }
    by: 2026-12-31
budgets:
  - { name: all, monthlyUsd: 1000 }
`;
    expect(parseGoals('acme.yaml', text, kpiCatalogue)).toEqual({
      targets: [
        {
          name: 'success',
          metric: 'agent_success_rate',
          value: 0.95,
          scope: { team: 'red' },
          by: '2026-12-31',
        },
      ],
      budgets: [{ name: 'all', monthlyUsd: 1000, scope: {}, warnAt: [0.8, 1] }],
      seatPrices: [],
    });
    expect(parseGoals('acme.yaml', '# none yet\n', kpiCatalogue).targets).toEqual([]);
  });

  it.each([
    [
      'metric: agent_succes_rate\n    value: 0.9',
      '3 targets.0.metric: There is no KPI "agent_succes_rate". Did you mean "agent_success_rate"?',
    ],
    [
      'metric: agent_success_rate\n    value: 95',
      '4 targets.0.value: agent_success_rate is a share from 0 to 1: 95 % is 0.95.',
    ],
    [
      'metric: cost\n    value: 1\n    scope: { route: a }',
      '5 targets.0.scope.route: cost can\'t be split by "route". It takes: ',
    ],
    [
      'metric: cost\n    value: 1\n    scope:\n      squad: a',
      '6 targets.0.scope.squad: There is no dimension "squad". It takes: ',
    ],
    [
      'metric: cost\n    value: 1\n    from: 2026-02-01\n    by: 2026-01-31',
      '6 targets.0.by: 2026-01-31 is before 2026-02-01.',
    ],
    [
      'metric: cost\n    value: 1\n    scope:\n      __proto__: a',
      '6 targets.0.scope.__proto__: There is no dimension "__proto__".',
    ],
    ['metric: cost\n    value: 1\n    from: 2026-02-30', '5 targets.0.from: '],
    [
      'metric: cost\n    value: 1\n  - name: a\n    metric: tokens\n    value: 1',
      '5 targets.1.name: "a" is in the list already.',
    ],
    [
      'metric: cost\n    value: 1\n  - name: b\n    metric: cost\n    value: 2',
      '5 targets.1: "b" and "a" count for the same',
    ],
  ])('is refused with line and reason: %s', (rest, expected) => {
    expect(issuesOf(`targets:\n  - name: a\n    ${rest}\n`)).toEqual([expect.stringContaining(expected)]);
  });

  it('says every mistake at once', () => {
    const text =
      'targets:\n  - { name: a, metric: x, value: 1 }\nbudgets:\n  - { name: b, monthlyUsd: 1, scope: { route: r } }\n';
    expect(issuesOf(text).map((issue) => issue.split(':')[0])).toEqual([
      '2 targets.0.metric',
      '4 budgets.0.scope.route',
    ]);
  });
});

describe('loading files of goals', () => {
  function createWorld(trail?: Pick<AuditTrail, 'record'>) {
    const store = createMemoryGoalsStore(['acme', 'globex']);
    const tenants = [{ id: 'acme' }, { id: 'globex' }];
    let writes = 0;
    const loader = createGoalsLoader({
      store: {
        read: (tenantId) => store.read(tenantId),
        replace(...given) {
          writes += 1;
          return store.replace(...given);
        },
      },
      listTenants: () => Promise.resolve(tenants),
      kpisOf: () => kpiCatalogue,
      trail,
    });
    const priceOf = async (tenantId: string) => (await store.read(tenantId)).file.seatPrices[0]?.monthlyUsd;
    const load = (files: Parameters<typeof loader.load>[0]) => loader.load(files);
    return { load, loader, priceOf, store, countWrites: () => writes };
  }

  it('writes into the audit log what a file changes, before it counts, and nothing where it changes nothing', async () => {
    const deeds: Pick<Deed, 'tenantId' | 'action' | 'details'>[] = [];
    let isWritable = true;
    const trail: Pick<AuditTrail, 'record'> = {
      record({ action, details, tenantId }, work) {
        if (!isWritable) return Promise.reject(new Error('the log can not be written'));
        deeds.push({ tenantId, action, details: details ?? {} });
        return work();
      },
    };
    const { load, priceOf } = createWorld(trail);
    await load([file('acme.yaml', aPrice(1))]);
    await load([file('acme.yaml', aPrice(1))]);
    await load([file('acme.yaml', `${aPrice(2)}budgets:\n  - { name: all, monthlyUsd: 9 }\n`)]);
    isWritable = false;
    await expect(load([])).rejects.toThrow('the log can not be written');
    expect(await priceOf('acme')).toBe(2);
    isWritable = true;
    await load([]);
    expect(await priceOf('acme')).toBeUndefined();
    const change = { tenantId: 'acme', action: 'goals.changed' };
    expect(deeds).toEqual([
      { ...change, details: { added: 'price of seats seat' } },
      { ...change, details: { added: 'budget all', changed: 'price of seats seat' } },
      { ...change, details: { removed: 'budget all, price of seats seat' } },
    ]);
  });

  it('gives each tenant its own, changes nothing twice, and takes away what has gone', async () => {
    const { countWrites, load, priceOf, store } = createWorld();
    await store.put('acme', { kind: 'seatPrices', goal: { name: 'own', monthlyUsd: 7 } });
    const files = [file('acme.yaml', aPrice(1)), file('globex.yml', aPrice(2))];
    await load(files);
    await load(files);
    expect([await priceOf('acme'), await priceOf('globex'), countWrites()]).toEqual([1, 2, 2]);
    await load([file('acme.yaml', aPrice(3))]);
    expect([await priceOf('acme'), await priceOf('globex')]).toEqual([3, undefined]);
    expect((await store.read('acme')).api.seatPrices).toEqual([{ name: 'own', monthlyUsd: 7 }]);
  });

  it('keeps what was good while a file has a mistake, and loads the others', async () => {
    const { load, loader, priceOf } = createWorld();
    await load([file('acme.yaml', aPrice(1)), file('globex.yaml', aPrice(2))]);
    const changed = [file('acme.yaml', aPrice(-1)), file('globex.yaml', aPrice(3)), file('a/b.yaml', '')];
    await expect(load(changed)).rejects.toMatchObject({
      issues: [
        { file: '/goals/a/b.yaml', line: 1 },
        { file: '/goals/acme.yaml', line: 2 },
      ],
    });
    expect([await priceOf('acme'), await priceOf('globex')]).toEqual([1, 3]);
    expect(loader.problemsOf('acme')).toMatchObject([{ file: 'acme.yaml', line: 2 }]);
    expect(loader.problemsOf('globex')).toEqual([]);
    await load([file('acme.yaml', aPrice(1))]);
    expect(loader.problemsOf('acme')).toEqual([]);
  });

  it('keeps what was good while a file can not be read, and loads the others', async () => {
    const { load, loader, priceOf } = createWorld();
    await load([file('acme.yaml', aPrice(1)), file('globex.yaml', aPrice(2))]);
    const faulty = { ...file('acme.yaml', ''), fault: 'A file has at most 9 bytes.' };
    await expect(load([faulty, file('globex.yaml', aPrice(3))])).rejects.toMatchObject({
      issues: [{ file: '/goals/acme.yaml', line: 1, reason: faulty.fault }],
    });
    expect([await priceOf('acme'), await priceOf('globex')]).toEqual([1, 3]);
    expect(loader.problemsOf('acme')).toEqual([{ file: 'acme.yaml', line: 1, reason: faulty.fault }]);
  });

  it('says of every further file of a tenant what is wrong with it', async () => {
    const { load, loader, priceOf } = createWorld();
    const further = [
      file('acme.yaml', aPrice(1)),
      file('acme.yml', aPrice(2)),
      file('globex/a.yaml', aPrice(3)),
    ];
    await expect(load(further)).rejects.toMatchObject({ issues: [{}, {}] });
    expect([await priceOf('acme'), await priceOf('globex')]).toEqual([1, undefined]);
    expect(loader.problemsOf('acme')).toEqual([
      {
        file: 'acme.yml',
        line: 1,
        reason: 'This tenant has another file of goals, acme.yaml: that one counts.',
      },
    ]);
    expect(loader.problemsOf('globex')).toMatchObject([{ file: 'globex/a.yaml', line: 1 }]);
    await load([file('acme.yaml', aPrice(1))]);
    expect(loader.problemsOf('acme')).toEqual([]);
  });

  it('looks at a file again when it or the KPIs have changed, and not because another one is faulty', async () => {
    let reads = 0;
    let kpis = kpiCatalogue;
    const store = createMemoryGoalsStore(['acme', 'globex']);
    const { load, problemsOf } = createGoalsLoader({
      store: {
        read(tenantId) {
          reads += 1;
          return store.read(tenantId);
        },
        replace: (...given) => store.replace(...given),
      },
      listTenants: () => Promise.resolve([{ id: 'acme' }, { id: 'globex' }]),
      kpisOf: () => kpis,
    });
    const own = 'targets:\n  - { name: a, metric: own_kpi, value: 1 }\n';
    const files = [file('acme.yaml', own), file('globex.yaml', aPrice(1))];
    for (let look = 0; look < 3; look += 1) await expect(load(files)).rejects.toThrow('own_kpi');
    expect(reads).toBe(1);
    expect(problemsOf('acme')).toHaveLength(1);
    kpis = [...kpiCatalogue, ...kpiCatalogue.slice(0, 1).map((kpi) => ({ ...kpi, id: 'own_kpi' }))];
    await load(files);
    expect(problemsOf('acme')).toEqual([]);
  });

  it('waits for a tenant that is not there yet', async () => {
    const { load, priceOf } = createWorld();
    const waiting = load([file('acme.yaml', aPrice(1)), file('nova.yaml', aPrice(2))]);
    await expect(waiting).rejects.toMatchObject({ code: 'tenant_unknown', retryable: true });
    await expect(waiting).rejects.toBeInstanceOf(AppError);
    expect(await priceOf('acme')).toBe(1);
  });
});
