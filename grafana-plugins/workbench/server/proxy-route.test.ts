import { decideProxy, isEscapingPath, type PluginRoute } from './proxy-route.js';

const routes: PluginRoute[] = [
  {
    path: 'metrics',
    url: '{{ .JsonData.metricsUrl }}',
    headers: [{ name: 'Authorization', content: 'Bearer {{ .SecureJsonData.apiKey }}' }],
  },
  { path: 'reports', url: '{{ .JsonData.reportingUrl }}', method: 'GET', headers: [] },
];
const data = {
  url: '',
  jsonData: { metricsUrl: 'http://metrics:4320/base/', reportingUrl: '' },
  secureJsonData: { apiKey: 'cdk_1' },
};
const decide = (rest: string, method = 'POST') => decideProxy(routes, { method, rest, role: 'Admin' }, data);

describe('decideProxy', () => {
  it('forwards a declared route to the saved address, with the secret in its header', () => {
    const decision = decide('/metrics/v1/query?x=1&y=a%2Fb');
    expect(decision).toMatchObject({
      kind: 'forward',
      headers: [{ name: 'Authorization', value: 'Bearer cdk_1' }],
    });
    expect(decision.kind === 'forward' && decision.url.href).toBe(
      'http://metrics:4320/base/v1/query?x=1&y=a%2Fb',
    );
  });

  it.each([
    ['/whole?x=1', 'http://metrics:4320/base/v1/query?x=1'],
    ['/whole/sub', 'http://metrics:4320/base/v1/query/sub'],
  ])('puts what follows the route behind its address, and nothing else: %s', (rest, address) => {
    const whole = [{ path: 'whole', url: 'http://metrics:4320/base/v1/query', headers: [] }];
    const decision = decideProxy(whole, { method: 'GET', rest, role: 'Viewer' }, data);
    expect(decision.kind === 'forward' && decision.url.href).toBe(address);
  });

  it('keeps the encoding of a path segment', () => {
    const decision = decide('/metrics/v1/dimensions/route/values?prefix=%2Fv1');
    expect(decision.kind === 'forward' && decision.url.search).toBe('?prefix=%2Fv1');
  });

  it.each(['/other/v1', '/metricsx/v1', '/', ''])('refuses %j, which no route declares', (rest) => {
    expect(decide(rest)).toMatchObject({ kind: 'refuse', status: 404 });
  });

  it('refuses a method that the route does not allow', () => {
    expect(decide('/reports/list', 'POST')).toMatchObject({ kind: 'refuse', status: 404 });
  });

  it('refuses a route whose address is not set', () => {
    expect(decide('/reports/list', 'GET')).toMatchObject({ kind: 'refuse', status: 400 });
  });

  it('never lets the path choose another host', () => {
    const decision = decide('/metrics//evil.example/x');
    expect(decision.kind === 'forward' && decision.url.host).toBe('metrics:4320');
  });

  it.each(['file:///etc/passwd', 'javascript:alert(1)', 'metrics:4320'])(
    'refuses the address %s',
    (metricsUrl) => {
      const decision = decideProxy(
        routes,
        { method: 'GET', role: 'Viewer', rest: '/metrics/v1' },
        { ...data, jsonData: { metricsUrl } },
      );
      expect(decision).toMatchObject({ kind: 'refuse', status: 400 });
    },
  );
});

describe('isEscapingPath', () => {
  it.each([
    '/metrics/../admin',
    '/metrics/%2e%2e/admin',
    '/metrics/%252e%252e/admin',
    '/metrics/..%2fadmin',
    '/metrics/..\\admin',
    '/metrics/%5c..%5cadmin',
    '/metrics/./x',
    '/metrics/%00',
    '/metrics/%zz',
  ])('finds the way out in %s', (path) => {
    expect(isEscapingPath(path)).toBe(true);
  });

  it.each(['/metrics/v1/query', '/metrics/v1/a..b', '/metrics/%7Bid%7D', '/metrics/v1/a%2Fb'])(
    'lets %s pass',
    (path) => {
      expect(isEscapingPath(path)).toBe(false);
    },
  );
});

it('lets only those with the role use a route that wants one', () => {
  const url = 'http://reporting:4328/v1/schedules';
  const guarded: PluginRoute[] = [
    { path: 'reports/v1/schedules', method: 'PUT', reqRole: 'Editor', url, headers: [] },
    { path: 'reports/v1', method: 'GET', url: 'http://reporting:4328/v1', headers: [] },
  ];
  const as = (role: 'Viewer' | 'Editor' | 'Admin', method: string) =>
    decideProxy(guarded, { role, method, rest: '/reports/v1/schedules/s1' }, data);
  expect(as('Viewer', 'PUT')).toMatchObject({ status: 403, message: 'plugin proxy route access denied' });
  expect(as('Viewer', 'GET')).toMatchObject({ kind: 'forward' });
  const written = as('Editor', 'PUT');
  expect(written.kind === 'forward' && written.url.href).toBe('http://reporting:4328/v1/schedules/s1');
  expect(as('Admin', 'PUT').kind).toBe('forward');
});
