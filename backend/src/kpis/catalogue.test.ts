import { isKnownEventType, kpiDescriptionSchema } from '@coditect/contracts';
import { findKpi, kpiCatalogue } from './catalogue.js';
import { conditionsOf, describeKpi, dimensionsOfWhere, kpiDimensions } from './kpi.js';
import { findNearestName } from './nearest-name.js';
import { renderKpiDocs } from './render-kpi-docs.js';

describe('the catalogue', () => {
  it('has an id of its own for each KPI', () => {
    const ids = kpiCatalogue.map((kpi) => kpi.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThanOrEqual(30);
    for (const id of ids) expect(id).toMatch(/^[a-z][a-z0-9_]*$/);
  });

  it.each(kpiCatalogue.map((kpi) => [kpi.id, kpi] as const))('describes %s whole', (_id, kpi) => {
    expect(kpiDescriptionSchema.parse(describeKpi(kpi))).toBeTruthy();
    expect(kpi.definition).toMatch(/^[A-Z].*\.$/);
    // Seats are bought for all.
    expect(kpi.dimensions.length > 0).toBe(kpi.id !== 'seats_purchased');
    expect(new Set(kpi.dimensions).size).toBe(kpi.dimensions.length);
    for (const name of kpi.dimensions) expect(kpiDimensions).toContain(name);
    expect(kpi.parts === undefined).toBe(kpi.measure.kind !== 'ratio');
  });

  it('counts only event types that exist', () => {
    for (const kpi of kpiCatalogue) {
      for (const type of conditionsOf(kpi.measure).flatMap((where) => where.types ?? [])) {
        expect([kpi.id, type, isKnownEventType(type)]).toEqual([kpi.id, type, true]);
      }
    }
  });

  it.each([
    ['agent_success_rate', ['ai.coditect.agent.run.finished.v1']],
    ['active_users', []],
    ['events', []],
    ['lateness', undefined],
    ['seats_purchased', ['ai.coditect.licence.seat.purchased.v1']],
    ['new_users', []],
  ])('tells of which events %s is made', (id, types) => {
    const kpi = findKpi(id);
    expect(kpi && describeKpi(kpi).eventTypes).toEqual(types);
  });

  it('never splits a ratio by what tells its two sides apart', () => {
    for (const kpi of kpiCatalogue.filter(({ measure }) => measure.kind === 'ratio')) {
      const conditions = conditionsOf(kpi.measure);
      if (conditions.some((where) => where.status !== undefined))
        expect(kpi.dimensions).not.toContain('status');
      if (conditions.some((where) => (where.statusCodeMin ?? where.statusCodeMax) !== undefined))
        expect(kpi.dimensions).not.toContain('statusCode');
      const [numerator = [], denominator = []] = conditions.map(dimensionsOfWhere);
      const apart = kpiDimensions.filter((name) => numerator.includes(name) !== denominator.includes(name));
      for (const name of apart)
        expect([kpi.id, kpi.dimensions]).not.toEqual([kpi.id, expect.arrayContaining([name])]);
    }
  });

  it('finds nothing by the name of what every object has', () => {
    expect([findKpi('constructor'), findKpi('__proto__'), findKpi('')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('has every KPI on its reference page', () => {
    const page = renderKpiDocs();
    for (const kpi of kpiCatalogue) expect(page).toContain(`\`${kpi.id}\``);
  });
});

describe('findNearestName', () => {
  it('finds what was meant and leaves what is far', () => {
    const names = ['api_requests', 'agent_runs', 'events'];
    expect(findNearestName('api_request', names)).toBe('api_requests');
    expect(findNearestName('AgentRuns', names)).toBe('agent_runs');
    expect(findNearestName('weather', names)).toBeUndefined();
    expect(findNearestName('x'.repeat(100_000), names)).toBeUndefined();
  });
});
