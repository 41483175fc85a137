import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { postWebhook, type PostWebhookOptions } from './post-webhook.js';
import type { ResolvedAddress } from './public-address.js';

let server: Server;
let port: number;
let arrived: string[] = [];
let answer: (request: IncomingMessage, response: ServerResponse) => void;

beforeAll(async () => {
  server = createServer((request, response) => {
    arrived.push(`${request.headers.host ?? ''}${request.url ?? ''}`);
    request.resume();
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('listens on no port');
  port = address.port;
});
beforeEach(() => {
  arrived = [];
  answer = (_request, response) => response.end();
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const loopback: ResolvedAddress = { address: '127.0.0.1', family: 4 };

function post(url: string, overrides: Partial<PostWebhookOptions> = {}): Promise<void> {
  const options = { resolve: () => Promise.resolve([loopback]), allowPrivate: false, timeoutMs: 5_000 };
  return postWebhook({ url, headers: {}, body: '{}' }, { ...options, ...overrides });
}

describe('a webhook', () => {
  it.each([
    '127.0.0.1',
    '2130706433',
    '0x7f.1',
    '017700000001',
    '0.0.0.0',
    '10.0.0.1',
    '169.254.169.254',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[64:ff9b::7f00:1]',
    '[fd00:ec2::254]',
    '[fe80::1]',
  ])('is not sent to %s', async (host) => {
    await expect(post(`http://${host}:${port}/`)).rejects.toMatchObject({
      message: 'The receiver is in a private network, to which nothing is sent.',
      isRetryable: false,
    });
    expect(arrived).toEqual([]);
  });

  it.each(['metadata.google.internal', 'receiver.example.com'])(
    'is not sent to %s, whose addresses are all private',
    async (host) => {
      const resolve = () => Promise.resolve([loopback, { address: '169.254.169.254', family: 4 }]);
      await expect(post(`http://${host}:${port}/`, { resolve })).rejects.toThrow('private network');
      expect(arrived).toEqual([]);
    },
  );

  it('goes to what was looked up and to nothing that the name means later', async () => {
    let looks = 0;
    const resolve = () => {
      looks += 1;
      return Promise.resolve([loopback]);
    };
    // No name of the public DNS: only what was looked up here leads anywhere.
    await post(`http://receiver.invalid:${port}/hook`, { resolve, allowPrivate: true });
    expect({ looks, arrived }).toEqual({ looks: 1, arrived: [`receiver.invalid:${port}/hook`] });
  });

  it.each([301, 302, 303, 307, 308])('follows no redirect: %s', async (status) => {
    answer = (_request, response) =>
      response.writeHead(status, { location: `http://127.0.0.1:${port}/inside` }).end();
    await expect(post(`http://receiver.invalid:${port}/`, { allowPrivate: true })).rejects.toMatchObject({
      isRetryable: false,
    });
    expect(arrived).toEqual([`receiver.invalid:${port}/`]);
  });

  it('tells the tenant nothing of what the receiver says', async () => {
    answer = (_request, response) => response.writeHead(500).end('root:x:0:0');
    await expect(post(`http://receiver.invalid:${port}/`, { allowPrivate: true })).rejects.toThrow(
      /^The receiver answered with 500\.$/,
    );
  });

  it('is given up when the receiver, or its name, never answers', async () => {
    const never = () => new Promise<never>(() => undefined);
    answer = () => undefined;
    for (const overrides of [{}, { resolve: never }])
      await expect(
        post(`http://receiver.invalid:${port}/`, { allowPrivate: true, timeoutMs: 100, ...overrides }),
      ).rejects.toMatchObject({ message: 'The receiver did not answer within 100 ms.', isRetryable: true });
  });
});
