import type { Deed } from '../../platform/audit.js';
import { readOwnKpis } from './own-kpi-files.js';
import { describeChange, recordKpiChanges } from './kpi-changes.js';

const aKpi = (id: string, title: string): string => `
  - id: ${id}
    title: ${title}
    definition: Runs of a kind.
    unit: count
    owner: platform
    dimensions: [team]
    measure: { kind: count, where: { types: [ai.coditect.agent.run.finished.v1] } }`;
const load = (...kpis: readonly string[]) =>
  readOwnKpis([{ name: 'acme/a.yaml', path: 'a', text: `kpis:${kpis.join('')}` }]).byTenant;

describe('changes of own KPIs', () => {
  it('are written down once, whoever loads the files, with what has changed', async () => {
    const settings = new Map<string, string>();
    const deeds: Deed[] = [];
    const options = {
      control: {
        listTenants: () =>
          Promise.resolve(['acme', 'globex'].map((id) => ({ id, name: id, timeZone: 'UTC' }))),
        getSetting: (name: string) => Promise.resolve(settings.get(name)),
        putSetting: (name: string, value: string) => Promise.resolve(void settings.set(name, value)),
      },
      trail: {
        record: <T>(deed: Deed, work: () => Promise<T>) => {
          deeds.push(deed);
          return work();
        },
      },
    };
    const first = load(aKpi('one', 'One'), aKpi('two', 'Two'));
    await recordKpiChanges(options, first);
    await recordKpiChanges(options, first);
    await recordKpiChanges(options, load(aKpi('two', 'Two now'), aKpi('three', 'Three')));
    await recordKpiChanges(options, new Map());
    expect(deeds.map(({ action, details, tenantId }) => [tenantId, action, details])).toEqual([
      ['acme', 'kpis.changed', { added: 'one, two' }],
      ['acme', 'kpis.changed', { added: 'three', changed: 'two', removed: 'one' }],
      ['acme', 'kpis.changed', { removed: 'two, three' }],
    ]);
  });

  it('are told of fifty at most', () => {
    const many = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`kpi_${index}`, 'a'] as const));
    expect(describeChange({}, many)?.['added']).toMatch(/kpi_49 and 10 more$/);
  });
});
