import { measuresSql, type SourcedRequest } from './measures-sql.js';
import { rawSource, sources } from './sources.js';

const activity = sources.find(({ table }) => table === 'activity_per_quarter_v1') ?? rawSource;
const hour = 3_600_000;
const request: SourcedRequest = {
  source: activity,
  fromMs: 10 * hour,
  toMs: 12 * hour,
  buckets: { kind: 'total' },
  groupBy: ['team'],
  filters: [{ dimension: 'agent', operator: 'in', value: ["'; DROP TABLE events_raw_v1 --"] }],
  terms: [{ kind: 'count', where: { types: ['a'] } }],
  isRanked: false,
  rowsMax: 10,
};

describe('measuresSql', () => {
  it('asks one table when the range falls on its grains, and raw events for what does not', () => {
    expect(measuresSql('acme', request).sql).not.toContain('events_raw_v1');
    const uneven = measuresSql('acme', { ...request, fromMs: request.fromMs + 1, toMs: request.toMs - 1 });
    expect(uneven.sql).toContain('UNION ALL');
    expect(uneven.sql).toContain('(occurred_at >= ');
    const tiny = measuresSql('acme', { ...request, toMs: request.fromMs + 1 });
    expect(tiny.sql).not.toContain('activity_per_quarter_v1');
  });

  it('names the tenant in every branch', () => {
    const { sql, params } = measuresSql('acme', { ...request, fromMs: request.fromMs + 1 });
    expect(sql.split('tenant_id = ')).toHaveLength(3);
    expect(Object.values(params)).toContain('acme');
  });

  it('has no value in its text', () => {
    const { sql, params } = measuresSql("o'tenant", { ...request, onlyGroups: [["o'team"]] });
    expect(sql).not.toMatch(/DROP|o'tenant|o'team/);
    expect(Object.values(params)).toContainEqual(["'; DROP TABLE events_raw_v1 --"]);
  });
});
