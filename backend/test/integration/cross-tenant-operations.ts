import type { Given, Operation } from './cross-tenant-operation.js';
import { byPattern, byTeam, metricsOperations, perTeam } from './cross-tenant-questions.js';
import { marker, type Service } from './cross-tenant-world.js';

const json = { 'content-type': 'application/json' };
const cloudEvent = (id: string, time: string) => ({
  specversion: '1.0',
  id,
  source: '/cross-tenant',
  type: 'ai.coditect.ide.command.executed.v1',
  time,
  data: { team: 'blue' },
});

const aboutReport = (suffix: string): Operation => ({
  scope: 'report',
  about: ({ report }) => [{ path: `/v1/reports/${report}${suffix}` }],
});
const aboutSchedule = (suffix: string, body?: unknown): Operation => ({
  scope: 'report',
  about: ({ schedule }) => [{ path: `/v1/schedules/${schedule}${suffix}`, body }],
});

export const aSchedule = (title: string) => ({
  title,
  format: 'csv',
  cron: '0 6 * * *',
  timeZone: 'UTC',
  period: 'yesterday',
  queries: [{ metric: 'events', total: true }],
});
const aReport = (range: Given['range'], title = 'Mine') => ({
  title,
  format: 'csv',
  queries: [{ metric: 'events', range, total: true, groupBy: ['team'] }],
});

const collector: Readonly<Record<string, Operation>> = {
  'POST /v1/events': {
    scope: 'ingest',
    all: ({ eventTime }) => [
      {
        body: [cloudEvent('own', eventTime), { ...cloudEvent('bad', eventTime), data: 7 }],
        headers: { 'content-type': 'application/cloudevents-batch+json', 'x-tenant': marker },
      },
    ],
  },
  'POST /v1/logs': { scope: 'ingest', all: () => [{ body: { resourceLogs: [] }, headers: json }] },
  'POST /v1/webhooks/github/{webhookId}': {
    scope: 'signature',
    about: ({ webhook }) => [
      {
        path: `/v1/webhooks/github/${webhook}`,
        body: {},
        headers: { ...json, 'x-github-event': 'ping', 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` },
      },
    ],
  },
  'GET /v1/dead-letters': {
    scope: 'admin',
    showsA: true,
    all: ({ letterCursor }) => [
      {},
      { path: '/v1/dead-letters?state=waiting&code=row_refused&limit=1' },
      { path: `/v1/dead-letters?tenant=${marker}&cursor=${encodeURIComponent(letterCursor)}` },
    ],
  },
  'GET /v1/dead-letters/{id}': {
    scope: 'admin',
    about: ({ letter }) => [{ path: `/v1/dead-letters/${letter}` }],
  },
  'POST /v1/dead-letters/replay': {
    scope: 'admin',
    all: ({ letterCursor }) => [
      { body: {}, headers: json },
      { body: { cursor: letterCursor }, headers: json },
      { body: { tenant: marker, dryRun: false }, headers: json },
      { body: { dryRun: false }, headers: json },
    ],
  },
  'POST /v1/dead-letters/{id}/replay': {
    scope: 'admin',
    about: ({ letter }) =>
      [true, false].map((dryRun) => ({
        path: `/v1/dead-letters/${letter}/replay`,
        body: { dryRun },
        headers: json,
      })),
  },
};

const ofOwnSubject = (body: { readonly user: string }): Operation => ({
  scope: 'admin',
  // Whose it is says the key, and the body can't.
  all: () => [{ body }, { body: { ...body, tenant: marker } }],
});

const reporting: Readonly<Record<string, Operation>> = {
  'GET /v1/kpis': { scope: 'read', showsA: true, all: () => [{}] },
  'POST /v1/query': {
    scope: 'read',
    showsA: true,
    about: (target, given) => [
      ...byTeam(target).map((filter) => ({ body: { ...perTeam(given), filters: [filter] } })),
      { body: { ...perTeam(given), metric: target.kpi } },
    ],
    all: (given) => [
      { body: perTeam(given) },
      ...byPattern.map((filter) => ({ body: { ...perTeam(given), filters: [filter] } })),
    ],
  },
  'GET /v1/status': { scope: 'read', showsA: true, all: () => [{}] },
  'POST /v1/reports': {
    scope: 'report',
    // A key that A has used is as good as any other one, for the same report and for another.
    about: ({ idempotencyKey, kpi }, { range }) => [
      { body: aReport(range), headers: { 'idempotency-key': idempotencyKey } },
      { body: { ...aReport(range), queries: [{ metric: kpi, range, total: true }] } },
    ],
    all: ({ range }) => [{ body: aReport(range) }],
  },
  'GET /v1/reports': {
    scope: 'report',
    showsA: true,
    all: ({ reportCursor }) => [
      {},
      { path: '/v1/reports?state=done&limit=200' },
      { path: `/v1/reports?before=${encodeURIComponent(reportCursor)}&tenant=${marker}` },
    ],
  },
  'GET /v1/reports/{id}': aboutReport(''),
  'DELETE /v1/reports/{id}': aboutReport(''),
  'GET /v1/reports/{id}/file': {
    scope: 'report',
    about: ({ report, tenant }) => [
      { path: `/v1/reports/${report}/file` },
      { path: `/v1/reports/${encodeURIComponent(`../${tenant}/${report}`)}/file` },
    ],
  },
  'GET /v1/reports/{id}/manifest': aboutReport('/manifest'),
  'POST /v1/reports/{id}/cancel': aboutReport('/cancel'),
  'POST /v1/reports/{id}/retry': aboutReport('/retry'),
  'GET /v1/schedules': { scope: 'report', showsA: true, all: () => [{}] },
  'POST /v1/schedules': { scope: 'report', all: () => [{ body: aSchedule('Mine') }] },
  'GET /v1/schedules/{id}': aboutSchedule(''),
  'PUT /v1/schedules/{id}': aboutSchedule('', aSchedule('Mine now')),
  'DELETE /v1/schedules/{id}': aboutSchedule(''),
  'POST /v1/schedules/{id}/pause': aboutSchedule('/pause'),
  'POST /v1/schedules/{id}/resume': aboutSchedule('/resume'),
  'POST /v1/schedules/{id}/run': aboutSchedule('/run'),
  'GET /v1/schedules/{id}/runs': aboutSchedule('/runs'),
  'GET /v1/branding': { scope: 'report', all: () => [{}] },
  'PUT /v1/branding': { scope: 'admin', all: () => [{ body: { colour: '#0b6e5f' } }] },
  'DELETE /v1/branding': { scope: 'admin', all: () => [{}] },
  'POST /v1/subjects/erase': ofOwnSubject({ user: 'nobody@example.com' }),
  'POST /v1/subjects/opt-out': ofOwnSubject({ user: 'nobody@example.com' }),
  'POST /v1/subjects/opt-in': ofOwnSubject({ user: 'nobody@example.com' }),
  'POST /v1/subjects/records': ofOwnSubject({ user: 'somebody@example.com' }),
  'GET /v1/subjects/jobs': {
    scope: 'admin',
    showsA: true,
    all: () => [{}, { path: `/v1/subjects/jobs?tenant=${marker}` }],
  },
  'GET /v1/subjects/jobs/{id}': {
    scope: 'admin',
    about: ({ subjectJob }) => [{ path: `/v1/subjects/jobs/${subjectJob}` }],
  },
};

const ofTenant = (suffix: string, body?: unknown): Operation => ({
  scope: 'token',
  about: ({ tenant }) => [{ path: `/admin/v1/tenants/${tenant}${suffix}`, body, headers: json }],
});
const ofSubject = (verb: string): Operation => ({
  scope: 'token',
  about: ({ tenant }) => [
    { path: `/admin/v1/subjects/${verb}`, body: { tenant, user: 'nobody@example.com' }, headers: json },
  ],
});
const forOperators = (body?: unknown): Operation => ({
  scope: 'token',
  all: () => [{ body, headers: json }],
});

const admin: Readonly<Record<string, Operation>> = {
  'GET /admin/v1/status': forOperators(),
  'GET /admin/v1/tenants': forOperators(),
  'POST /admin/v1/tenants': {
    scope: 'token',
    about: ({ tenant }) => [{ body: { name: tenant, timeZone: 'UTC' }, headers: json }],
  },
  'GET /admin/v1/tenants/{tenant}': ofTenant(''),
  'GET /admin/v1/tenants/{tenant}/branding': ofTenant('/branding'),
  'PUT /admin/v1/tenants/{tenant}/branding': ofTenant('/branding', { colour: '#0b6e5f' }),
  'DELETE /admin/v1/tenants/{tenant}/branding': ofTenant('/branding'),
  'GET /admin/v1/tenants/{tenant}/goals': ofTenant('/goals'),
  'PUT /admin/v1/tenants/{tenant}/goals': ofTenant('/goals', {}),
  'PUT /admin/v1/tenants/{tenant}/goals/{kind}/{name}': ofTenant('/goals/targets/x', {
    metric: 'events',
    value: 1,
  }),
  'DELETE /admin/v1/tenants/{tenant}/goals/{kind}/{name}': ofTenant('/goals/targets/x'),
  'PUT /admin/v1/tenants/{tenant}/min-group-size': ofTenant('/min-group-size', { minGroupSize: 1 }),
  'GET /admin/v1/tenants/{tenant}/limits': ofTenant('/limits'),
  'PUT /admin/v1/tenants/{tenant}/limits': ofTenant('/limits', { eventsPerDay: 1 }),
  'GET /admin/v1/tenants/{tenant}/redaction': ofTenant('/redaction'),
  'PUT /admin/v1/tenants/{tenant}/redaction': ofTenant('/redaction', { rules: [] }),
  'GET /admin/v1/tenants/{tenant}/users': ofTenant('/users'),
  'PUT /admin/v1/tenants/{tenant}/users/{user}': ofTenant('/users/eve', { role: 'admin' }),
  'DELETE /admin/v1/tenants/{tenant}/users/{user}': ofTenant('/users/eve'),
  'GET /admin/v1/tenants/{tenant}/usage': ofTenant('/usage'),
  'GET /admin/v1/tenants/{tenant}/verification': ofTenant('/verification'),
  'POST /admin/v1/rollups': {
    scope: 'token',
    about: ({ tenant }) => [{ body: { tenant, from: '2026-01-01', to: '2026-01-02' }, headers: json }],
  },
  'GET /admin/v1/audit': {
    scope: 'token',
    about: ({ tenant }) => [{ path: `/admin/v1/audit?tenant=${tenant}` }],
  },
  'POST /admin/v1/audit/verify': {
    scope: 'token',
    about: ({ tenant }) => [{ path: '/admin/v1/audit/verify', body: { tenant }, headers: json }],
  },
  'GET /admin/v1/keys': {
    scope: 'token',
    about: ({ tenant }) => [{ path: `/admin/v1/keys?tenant=${tenant}` }],
  },
  'POST /admin/v1/keys': {
    scope: 'token',
    about: ({ tenant }) => [{ body: { tenant, scopes: ['admin'] }, headers: json }],
  },
  'POST /admin/v1/keys/{id}/rotate': {
    scope: 'token',
    about: ({ key }) => [{ path: `/admin/v1/keys/${key}/rotate`, body: { overlapHours: 0 }, headers: json }],
  },
  'POST /admin/v1/keys/{id}/revoke': {
    scope: 'token',
    about: ({ key }) => [{ path: `/admin/v1/keys/${key}/revoke` }],
  },
  'GET /admin/v1/webhooks': {
    scope: 'token',
    about: ({ tenant }) => [{ path: `/admin/v1/webhooks?tenant=${tenant}` }],
  },
  'POST /admin/v1/webhooks': {
    scope: 'token',
    about: ({ tenant }) => [{ body: { tenant, kind: 'github' }, headers: json }],
  },
  'POST /admin/v1/webhooks/{id}/revoke': {
    scope: 'token',
    about: ({ webhook }) => [{ path: `/admin/v1/webhooks/${webhook}/revoke` }],
  },
  'POST /admin/v1/import': {
    scope: 'token',
    about: ({ tenant }) => [{ body: { tenant, candidates: [] }, headers: json }],
  },
  'GET /admin/v1/dead-letters': forOperators(),
  'GET /admin/v1/dead-letters/{id}': {
    scope: 'token',
    about: ({ letter }) => [{ path: `/admin/v1/dead-letters/${letter}` }],
  },
  'POST /admin/v1/dead-letters/replay': forOperators({ dryRun: true }),
  'POST /admin/v1/dead-letters/{id}/replay': {
    scope: 'token',
    about: ({ letter }) => [{ path: `/admin/v1/dead-letters/${letter}/replay`, body: {}, headers: json }],
  },
  'GET /admin/v1/migrations': forOperators(),
  'POST /admin/v1/backups': forOperators({ folder: '/nowhere/backup' }),
  'GET /admin/v1/backups/last': forOperators(),
  'POST /admin/v1/subjects/erase': ofSubject('erase'),
  'POST /admin/v1/subjects/opt-out': ofSubject('opt-out'),
  'POST /admin/v1/subjects/opt-in': ofSubject('opt-in'),
  'POST /admin/v1/subjects/records': ofSubject('records'),
  'GET /admin/v1/subjects/jobs': {
    scope: 'token',
    about: ({ tenant }) => [{ path: `/admin/v1/subjects/jobs?tenant=${tenant}` }],
  },
  'GET /admin/v1/subjects/jobs/{id}': {
    scope: 'token',
    about: () => [{ path: '/admin/v1/subjects/jobs/subject_1' }],
  },
};

/** How each operation of each service is asked for what is another tenant's. One that is missing here fails the suite. */
export const operations: Readonly<Record<Service, Readonly<Record<string, Operation>>>> = {
  collector,
  metrics: metricsOperations,
  reporting,
  admin,
};
