import { of, throwError } from 'rxjs';
import { createReportsClient, type ReportFetcher } from './reports-client';

const report = {
  id: 'r1',
  title: 'Cost',
  format: 'csv',
  content: 'queries',
  state: 'queued',
  progress: 0,
  attempt: 0,
  createdAt: '2026-03-01T00:00:00Z',
  startedAt: null,
  finishedAt: null,
  expiresAt: null,
  failure: null,
  file: null,
  scheduleId: null,
  notices: [],
};

function clientOf(answer: () => unknown) {
  const requests: unknown[] = [];
  const fetcher = {
    fetch: (request: unknown) => {
      requests.push(request);
      const given = answer();
      return given instanceof Failed ? throwError(() => given.error) : of({ data: given });
    },
  };
  // The answers are typed by whoever asks; here they are what the test says.
  const typed: unknown = fetcher;
  const client = createReportsClient({ fetcher: () => readFetcher(typed), proxyUrl: '/proxy/uid/x' });
  return { client, requests };
}

function isFetcher(value: unknown): value is ReportFetcher {
  return typeof value === 'object' && value !== null && 'fetch' in value;
}

function readFetcher(value: unknown): ReportFetcher {
  if (!isFetcher(value)) throw new Error('not a fetcher');
  return value;
}

class Failed {
  constructor(readonly error: unknown) {}
}

const request = { title: 'Cost', format: 'csv' as const, frames: [] };

describe('createReportsClient', () => {
  it('asks through the data source, and names the request so that a repetition makes no second report', async () => {
    const { client, requests } = clientOf(() => report);
    await expect(client.create(request, 'key-1')).resolves.toMatchObject({ id: 'r1', state: 'queued' });
    expect(requests[0]).toMatchObject({
      url: '/proxy/uid/x/reports/v1/reports',
      method: 'POST',
      headers: { 'Idempotency-Key': 'key-1' },
      data: request,
    });
  });

  it.each([
    [{ status: 403, data: { message: 'plugin proxy route access denied' } }, /role Editor/],
    [
      { status: 403, data: { error: { code: 'scope_missing', reason: 'Needs scope report.' } } },
      'Needs scope report. (scope_missing)',
    ],
    [{ status: 502, data: '' }, /could not reach the reporting service/],
    [{ status: 404, data: '<!doctype html>' }, /Check the reporting URL/],
  ])('says why it was refused: %j', async (error, sentence) => {
    const { client } = clientOf(() => new Failed(error));
    await expect(client.find('r1')).rejects.toThrow(sentence);
  });

  it('reads the reason of a refused file, which comes as a file', async () => {
    const data = new Blob([JSON.stringify({ error: { code: 'report_expired', reason: 'It is gone.' } })]);
    // jsdom's blobs cannot be read this way; browsers' can.
    Object.assign(data, { text: async () => '{"error":{"code":"report_expired","reason":"It is gone."}}' });
    const { client } = clientOf(() => new Failed({ status: 410, data }));
    await expect(client.file('r1')).rejects.toThrow('It is gone. (report_expired)');
  });

  it('takes no other answer for a report', async () => {
    const { client } = clientOf(() => ({ ...report, state: 'lost' }));
    await expect(client.find('r1')).rejects.toThrow('Check the reporting URL');
    const page = clientOf(() => ({ reports: [report], next: null }));
    await expect(page.client.list({ limit: 5, state: 'done' })).resolves.toMatchObject({ next: null });
    expect(page.requests[0]).toMatchObject({ params: { limit: '5', state: 'done' } });
  });
});
