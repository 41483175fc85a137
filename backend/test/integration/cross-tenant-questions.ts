import type { Given, Operation, Target } from './cross-tenant-operation.js';
import { marker } from './cross-tenant-world.js';

/** Matches what A has without being it. */
const pattern = `^${marker.slice(0, 4)}.*$`;

/** The same team by each operator, and A's by an expression that does not spell it. */
export const byTeam = ({ team }: Target): readonly object[] => [
  { dimension: 'team', operator: '=', value: team },
  { dimension: 'team', operator: 'in', value: [team, 'blue'] },
  { dimension: 'team', operator: '!=', value: team },
  { dimension: 'team', operator: 'not in', value: [team] },
  { dimension: 'team', operator: '=~', value: team },
  { dimension: 'team', operator: '!~', value: team },
];
export const byPattern = [
  { dimension: 'team', operator: '=~', value: pattern },
  { dimension: 'team', operator: '=~', value: '.*' },
  { dimension: 'team', operator: '!~', value: '^nothing$' },
];

/** Questions that take filters: the question itself, then narrowed to A's team and to what a pattern finds. */
function filtered(question: (given: Given) => object): Pick<Operation, 'about' | 'all'> {
  return {
    about: (target, given) =>
      byTeam(target).map((filter) => ({ body: { ...question(given), filters: [filter] } })),
    all: (given) => [
      { body: question(given) },
      ...byPattern.map((filter) => ({ body: { ...question(given), filters: [filter] } })),
    ],
  };
}

export const perTeam = ({ range }: Given) => ({ metric: 'events', range, total: true, groupBy: ['team'] });

/** How the metrics service is asked. */
export const metricsOperations: Readonly<Record<string, Operation>> = {
  'GET /v1/kpis': { scope: 'read', showsA: true, all: () => [{}, { path: `/v1/kpis?tenant=${marker}` }] },
  'GET /v1/usage': {
    scope: 'read',
    showsA: true,
    all: () => [{}, { path: `/v1/usage?tenant=${marker}` }],
  },
  'POST /v1/query': {
    scope: 'read',
    showsA: true,
    about: (target, given) => [
      ...byTeam(target).map((filter) => ({ body: { ...perTeam(given), filters: [filter] } })),
      { body: { ...perTeam(given), metric: target.kpi } },
      { body: { ...perTeam(given), tenant: target.tenant } },
    ],
    all: (given) => [
      { body: perTeam(given) },
      ...byPattern.map((filter) => ({ body: { ...perTeam(given), filters: [filter] } })),
      { body: { ...perTeam(given), compareTo: 'previousPeriod' } },
      { body: { ...perTeam(given), total: undefined, interval: '1h' } },
      // Not from what was kept for A, either.
      { body: perTeam(given), headers: { 'cache-control': 'no-cache' } },
    ],
  },
  'POST /v1/analyses/funnel': {
    scope: 'read',
    showsA: true,
    ...filtered(({ range }) => ({
      range,
      steps: [{ type: 'ai.coditect.ide.session.started.v1' }, {}],
      breakdown: 'team',
    })),
  },
  'POST /v1/analyses/retention': {
    scope: 'read',
    ...filtered(({ range }) => ({ range, interval: '1d', periods: 2 })),
  },
  'POST /v1/analyses/lifecycle': { scope: 'read', ...filtered(({ range }) => ({ range, interval: '1d' })) },
  'POST /v1/analyses/paths': {
    scope: 'read',
    showsA: true,
    ...filtered(({ range }) => ({ range, by: 'tool' })),
  },
  'POST /v1/analyses/budget': {
    scope: 'read',
    about: ({ goal, team }, { range }) => [
      { body: { range, budget: goal } },
      { body: { range, filters: [{ dimension: 'team', operator: '=', value: team }] } },
    ],
    all: ({ range }) => [{ body: { range } }],
  },
  'POST /v1/events/search': {
    scope: 'read',
    showsA: true,
    about: ({ team }, { range }) => [
      ...['user', 'session', 'source', 'subject', 'id', 'team', 'attributes.branch'].flatMap((dimension) =>
        ['=', '=~', '!='].map((operator) => ({
          body: { range, filters: [{ dimension, operator, value: team }] },
        })),
      ),
      { body: { range, search: team } },
    ],
    all: ({ range, eventCursor }) => [
      { body: { range, limit: 5_000 } },
      { body: { range, limit: 1, cursor: eventCursor } },
      { body: { range, limit: 1, search: marker.slice(0, 4) } },
      ...byPattern.map((filter) => ({ body: { range, filters: [filter] } })),
    ],
  },
  'POST /v1/events/volume': { scope: 'read', ...filtered(({ range }) => ({ range, interval: '1h' })) },
  'POST /v1/annotations': {
    scope: 'read',
    showsA: true,
    about: (target, { range }) =>
      byTeam(target).map((filter) => ({ body: { range, kind: 'events', filters: [filter] } })),
    all: ({ range }) =>
      ['releases', 'outages', 'licences', 'budgets', 'events'].map((kind) => ({ body: { range, kind } })),
  },
  'POST /v1/query/live': {
    scope: 'read',
    showsA: true,
    all: (given) => [
      { body: { query: perTeam(given), range: 'growing', everyMs: 500 }, leaveAfterMs: 1_500 },
      {
        body: { query: { ...perTeam(given), filters: [byPattern[0]] }, range: 'growing', everyMs: 500 },
        leaveAfterMs: 1_500,
      },
    ],
  },
  'GET /v1/dimensions/{name}/values': {
    scope: 'read',
    showsA: true,
    about: ({ team }) =>
      ['team', 'agent', 'project', 'model', 'route'].map((name) => ({
        path: `/v1/dimensions/${name}/values?prefix=${team}`,
      })),
    all: () =>
      ['team', 'agent', 'project', 'repository', 'model', 'workflow', 'tool', 'route', 'kind'].flatMap(
        (name) => [
          { path: `/v1/dimensions/${name}/values` },
          { path: `/v1/dimensions/${name}/values?prefix=${marker.slice(0, 2)}&limit=1000` },
        ],
      ),
  },
  'GET /v1/status': { scope: 'read', showsA: true, all: () => [{}] },
  'GET /v1/audit': {
    scope: 'admin',
    all: () => [{}, { path: `/v1/audit?limit=1000&before=1000&tenant=${marker}` }],
  },
  'GET /v1/goals': { scope: 'read', showsA: true, all: () => [{}, { path: `/v1/goals?tenant=${marker}` }] },
  'PUT /v1/goals': { scope: 'admin', all: () => [{ body: { targets: [] } }] },
  'PUT /v1/goals/{kind}/{name}': {
    scope: 'admin',
    // What was put is taken away again: a goal of B's own by A's name would be no trace of A.
    about: ({ goal }) =>
      [
        { path: `/v1/goals/targets/${goal}`, body: { name: goal, metric: 'events', value: 1 } },
        { path: `/v1/goals/budgets/${goal}`, body: { name: goal, monthlyUsd: 1 } },
      ].flatMap((put) => [put, { method: 'DELETE', path: put.path }]),
  },
  'DELETE /v1/goals/{kind}/{name}': {
    scope: 'admin',
    about: ({ goal }) =>
      ['targets', 'budgets', 'seatPrices'].map((kind) => ({ path: `/v1/goals/${kind}/${goal}` })),
  },
};
