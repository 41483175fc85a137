import { classifyFailure, describeFailure, isLasting } from './failure';

const refusal = (status: number, error: Record<string, unknown>) => ({ status, data: { error } });

describe('classifyFailure', () => {
  it.each([
    ['key-unknown', refusal(401, { code: 'key_unknown', reason: 'x' })],
    ['key-unknown', refusal(401, { code: 'key_missing', reason: 'x' })],
    ['key-revoked', refusal(401, { code: 'key_revoked', reason: 'x' })],
    ['scope-missing', refusal(403, { code: 'scope_missing', reason: 'x' })],
    ['wrong-address', refusal(404, { code: 'not_found', reason: 'x' })],
    ['refused', refusal(400, { code: 'too_many_points', reason: 'x' })],
    ['busy', refusal(429, { code: 'rate_limited', reason: 'x' })],
    ['service-error', refusal(500, { code: 'internal_error', reason: 'x' })],
    ['wrong-address', { status: 404, data: '<!doctype html><html></html>' }],
    ['wrong-address', { status: 404, data: {} }],
    ['wrong-address', { status: 200, data: '<html>login</html>' }],
    ['unreachable', { status: 502, data: '' }],
    ['unreachable', { status: 500, data: { message: 'dial tcp: connection refused' } }],
    ['tls', { status: 502, data: { message: 'x509: certificate signed by unknown authority' } }],
    ['tls', { status: 502, data: { message: 'self-signed certificate' } }],
    ['timeout', { status: 504, statusText: 'Gateway Timeout' }],
    ['timeout', { status: 502, data: { message: 'context deadline exceeded' } }],
    ['not-configured', { status: 500, data: { message: 'invalid URL' } }],
    // What Grafana's proxy makes of a service's 401.
    ['key-unknown', { status: 400, data: { message: 'Authentication to data source failed' } }],
    ['role-missing', { status: 403, data: { message: 'plugin proxy route access denied' } }],
    ['service-error', { status: 500, data: 'oops' }],
    ['cancelled', { cancelled: true, status: -1 }],
    ['unknown', new Error('boom')],
    ['unknown', undefined],
  ])('calls it %s: %j', (kind, error) => {
    expect(classifyFailure(error).kind).toBe(kind);
  });
});

describe('describeFailure', () => {
  it('says of a wrong key whose it is and what may be wrong with it', () => {
    const failure = classifyFailure(refusal(401, { code: 'key_unknown', reason: 'This key is not known.' }));
    expect(describeFailure(failure)).toBe(
      'The metrics service does not accept the API key: it is wrong, revoked, or of another instance. (key_unknown)',
    );
  });

  it("gives the service's reason with code, place and limit", () => {
    const failure = classifyFailure(
      refusal(400, {
        code: 'too_many_points',
        reason: 'The range has 20,000 points',
        pointer: '/interval',
        limit: 11_000,
      }),
    );
    expect(describeFailure(failure)).toBe(
      'The range has 20,000 points (too_many_points, at /interval, limit 11000)',
    );
  });

  it('passes on the message of an error that nobody foresaw', () => {
    expect(describeFailure(classifyFailure(new Error('boom')))).toBe('boom');
  });
});

describe('isLasting', () => {
  it.each([
    [true, refusal(422, { code: 'range_too_long' })],
    [true, refusal(401, { code: 'key_revoked' })],
    [true, { status: 404, data: '' }],
    [false, refusal(503, { code: 'store_unavailable' })],
    [false, refusal(429, { code: 'too_many_questions' })],
    [false, { status: 502, data: '' }],
    [false, new Error('Timeout has occurred')],
  ])('is %s for %j', (lasting, error) => {
    expect(isLasting(classifyFailure(error))).toBe(lasting);
  });
});
