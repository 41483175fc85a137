import { createServer, type Server } from 'node:http';
import {
  createGrafanaUserReader,
  readUserAsSaid,
  type GrafanaTrust,
  type ReadGrafanaUser,
} from './grafana-user.js';

function trusting(some: Partial<GrafanaTrust>): GrafanaTrust {
  return { jwksUrl: undefined, issuer: undefined, audience: undefined, ...some };
}

/** An ES module, which a CommonJS one can't import at its head. */
async function loadJose() {
  return import('jose');
}
type Jose = Awaited<ReturnType<typeof loadJose>>;
type PrivateKey = Awaited<ReturnType<Jose['generateKeyPair']>>['privateKey'];

describe('a user that is only said', () => {
  it.each([
    ['ada', 'ada'],
    [' ada lovelace ', 'ada lovelace'],
    ['a\r\nlevel=50', 'alevel=50'],
    ['x'.repeat(1_000), 'x'.repeat(128)],
  ])('is taken as it is, in one line: %j', async (said, name) => {
    expect(await readUserAsSaid({ 'x-grafana-user': said })).toEqual({ name, isVerified: false });
  });

  it.each([undefined, '', ' \n'])('is nobody where nobody is named: %j', async (said) => {
    expect(await readUserAsSaid({ 'x-grafana-user': said })).toBeUndefined();
  });

  it('does not become verified by a signature that nobody checks', async () => {
    const user = await createGrafanaUserReader(trusting({}))({
      'x-grafana-id': 'e30.e30.',
      'x-grafana-user': 'ada',
    });
    expect(user).toEqual({ name: 'ada', isVerified: false });
  });
});

describe("an identity with Grafana's signature", () => {
  let jose: Jose;
  let server: Server;
  let url: string;
  let read: ReadGrafanaUser;
  let key: PrivateKey;
  let strangersKey: PrivateKey;

  beforeAll(async () => {
    jose = await loadJose();
    const pair = await jose.generateKeyPair('ES256');
    key = pair.privateKey;
    strangersKey = (await jose.generateKeyPair('ES256')).privateKey;
    const keys = [{ ...(await jose.exportJWK(pair.publicKey)), kid: 'default', alg: 'ES256', use: 'sig' }];
    server = createServer((_request, response) => {
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (typeof address !== 'object') throw new Error('listens on no port');
    url = `http://127.0.0.1:${address?.port}/api/signing-keys/keys`;
  });

  beforeEach(() => {
    read = createGrafanaUserReader(trusting({ jwksUrl: url }));
  });

  afterAll(() => {
    server.close();
  });

  function sign(
    by: PrivateKey,
    claims: Record<string, unknown>,
    expires: string | number = '10m',
  ): Promise<string> {
    return new jose.SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', kid: 'default', typ: 'jwt' })
      .setSubject('user:1')
      .setExpirationTime(expires)
      .sign(by);
  }

  it('goes before what is said', async () => {
    const token = await sign(key, { username: 'ada' });
    expect(await read({ 'x-grafana-id': token, 'x-grafana-user': 'eve' })).toEqual({
      name: 'ada',
      isVerified: true,
    });
  });

  it.each([
    ['Viewer', 'viewer'],
    ['Editor', 'operator'],
    ['Admin', 'admin'],
    ['None', 'none'],
    ['Grafana Admin', undefined],
    [undefined, undefined],
  ])('says with the role %s that its user is %s', async (said, role) => {
    const token = await sign(key, { username: 'ada', role: said });
    expect((await read({ 'x-grafana-id': token }))?.role).toBe(role);
  });

  it('names by the subject where there is no login', async () => {
    expect(await read({ 'x-grafana-id': await sign(key, {}) })).toEqual({ name: 'user:1', isVerified: true });
  });

  it('may be left out by who asks without Grafana', async () => {
    expect(await read({})).toBeUndefined();
    expect(await read({ 'x-grafana-user': 'eve' })).toEqual({ name: 'eve', isVerified: false });
  });

  const inThePast = 1_600_000_000;
  it.each<[string, () => Promise<string> | string]>([
    ['by another key', () => sign(strangersKey, { username: 'ada' })],
    ['that is over', () => sign(key, { username: 'ada' }, inThePast)],
    ['by a key that nobody knows', () => sign(key, {}).then((token) => withHeader(token, { kid: 'other' }))],
    ['with another name put in', () => sign(key, { username: 'ada' }).then(withOtherName)],
    [
      'of none',
      () => new jose.UnsecuredJWT({ username: 'ada' }).setSubject('user:1').setExpirationTime('10m').encode(),
    ],
    [
      'that never ends',
      () =>
        new jose.SignJWT({ sub: 'user:1' }).setProtectedHeader({ alg: 'ES256', kid: 'default' }).sign(key),
    ],
    ['that is no token', () => 'ada'],
    ['that is empty', () => ''],
    ['that is huge', () => 'x'.repeat(10_000)],
  ])('is refused with a signature %s', async (_what, make) => {
    await expect(read({ 'x-grafana-id': await make(), 'x-grafana-user': 'ada' })).rejects.toMatchObject({
      code: 'grafana_id_invalid',
      status: 401,
    });
  });

  describe('for one Grafana and its organisations', () => {
    const issuer = 'https://grafana.example.com';
    const ours = { iss: `${issuer}/`, aud: ['org:2'], username: 'ada' };

    it.each([issuer, `${issuer}/`])('is taken, however its address is written: %s', async (written) => {
      const readOurs = createGrafanaUserReader(
        trusting({ jwksUrl: url, issuer: written, audience: ['org:1', 'org:2'] }),
      );
      expect(await readOurs({ 'x-grafana-id': await sign(key, ours) })).toMatchObject({ name: 'ada' });
    });

    it.each([
      ['another Grafana', { iss: 'https://grafana.example.org/' }],
      ['an address that begins alike', { iss: `${issuer}/other/` }],
      ['nobody', { iss: undefined }],
      ['another organisation', { aud: ['org:3'] }],
      ['no organisation', { aud: undefined }],
    ])('is refused where it is of %s', async (_what, other) => {
      const readOurs = createGrafanaUserReader(
        trusting({ jwksUrl: url, issuer, audience: ['org:1', 'org:2'] }),
      );
      const token = await sign(key, { ...ours, ...other });
      await expect(readOurs({ 'x-grafana-id': token })).rejects.toMatchObject({ code: 'grafana_id_invalid' });
    });
  });

  it('is no fault of the sender while the keys can not be had', async () => {
    const nowhere = createGrafanaUserReader(trusting({ jwksUrl: 'http://127.0.0.1:1/keys' }));
    await expect(nowhere({ 'x-grafana-id': await sign(key, {}) })).rejects.toMatchObject({
      code: 'grafana_keys_unavailable',
      status: 503,
    });
  });
});

function withHeader(token: string, header: object): string {
  const [, ...rest] = token.split('.');
  const text = JSON.stringify({ alg: 'ES256', ...header });
  return [Buffer.from(text).toString('base64url'), ...rest].join('.');
}

function withOtherName(token: string): string {
  const [header, , signature] = token.split('.');
  const claims = { username: 'eve', sub: 'user:1', exp: 4_000_000_000 };
  return [header, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.');
}
