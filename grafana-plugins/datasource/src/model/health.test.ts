import type { ServiceStatus } from '@coditect/contracts';
import { classifyFailure } from './failure';
import { answeredHealth, describeAge, failedHealth } from './health';

const status: ServiceStatus = {
  service: 'metrics-service',
  version: '0.1.0',
  tenant: 'acme',
  timeZone: 'Europe/Berlin',
  events: 12_345,
  newestEventAt: '2026-03-02T10:00:00Z',
  newestReceivedAt: '2026-03-02T10:00:01Z',
  freshnessSeconds: 3.2,
  asOf: '2026-03-02T10:00:04Z',
};

describe('answeredHealth', () => {
  it('says tenant, version, latency, events and freshness', () => {
    const report = answeredHealth(status, 41.6);
    expect(report.status).toBe('success');
    expect(report.message).toBe(
      'Connected: tenant "acme", version 0.1.0, answered in 42 ms. 12,345 events, the newest was received 3 s ago.',
    );
  });

  it('is content with a tenant without events, and says what to do next', () => {
    const report = answeredHealth({ ...status, events: 0, freshnessSeconds: null }, 5);
    expect(report.status).toBe('success');
    expect(report.message).toContain('No events are stored yet');
    expect(report.details?.message).toContain('ingest key');
  });

  it.each([
    ['0.1.0', '0.1.9', 'success'],
    ['0.1.0', '0.2.0', 'warning'],
    ['1.2.0', '1.1.7', 'warning'],
    ['unknown', '0.1.0', 'success'],
    ['0.1.0', '%VERSION%', 'success'],
    ['0.1.0', undefined, 'success'],
  ])('judges service %s and plugin %s: %s', (version, plugin, verdict) => {
    expect(answeredHealth({ ...status, version }, 5, plugin).status).toBe(verdict);
  });

  it('says which side to update, and still who answers', () => {
    const older = answeredHealth(status, 5, '0.2.3');
    expect(older.message).toContain('The metrics service is version 0.1.0, this data source 0.2.3');
    expect(older.message).toContain('tenant "acme"');
    expect(older.details?.message).toContain('Update the service to version 0.2');
    const newer = answeredHealth({ ...status, version: '1.0.0' }, 5, '0.2.3');
    expect(newer.details?.message).toContain('Update the plugin to version 1.0');
  });

  it.each([['<html>login</html>'], [{}], [null], [{ service: 'other', events: '3' }]])(
    'does not take another service for ours: %j',
    (body) => {
      const report = answeredHealth(body, 5);
      expect(report.status).toBe('error');
      expect(report.message).toContain('Nothing answers like the metrics service');
    },
  );
});

describe('failedHealth', () => {
  it.each([
    [
      { status: 401, data: { error: { code: 'key_revoked', reason: 'The key was revoked' } } },
      'The key was revoked (key_revoked)',
      'Make a new key',
    ],
    [
      { status: 403, data: { error: { code: 'scope_missing', reason: 'No scope' } } },
      'No scope (scope_missing)',
      'ingest key',
    ],
    [{ status: 502 }, 'could not reach', 'Grafana server'],
    [{ status: 504 }, 'did not answer in time', 'firewall'],
    [{ status: 404, data: 'x' }, 'Nothing answers', 'without a path'],
  ])('says what happened and what to do: %j', (error, message, remedy) => {
    const report = failedHealth(classifyFailure(error));
    expect(report.status).toBe('error');
    expect(report.message).toContain(message);
    expect(report.details?.message).toContain(remedy);
  });
});

it.each([
  [0.4, '0 s'],
  [119, '119 s'],
  [120, '2 min'],
  [7_200, '2 h'],
  [172_800, '2 days'],
])('describes an age of %d seconds as %s', (seconds, text) => {
  expect(describeAge(seconds)).toBe(text);
});
