import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { createRandom } from './random.js';
import { openTcpProxy, type TcpProxy } from './tcp-proxy.js';

let received: Buffer[];
let server: Server;
let proxy: TcpProxy;

beforeEach(async () => {
  received = [];
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      received.push(chunk);
      socket.write('answer');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  proxy = await openTcpProxy({ port: address.port });
});

afterEach(async () => {
  await proxy.close();
  server.close();
});

async function dial(): Promise<Socket> {
  const socket = connect({ port: proxy.port, host: '127.0.0.1' });
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

describe('TCP proxy', () => {
  it('passes bytes both ways', async () => {
    const socket = await dial();
    socket.write('question');
    expect(String((await once(socket, 'data'))[0])).toBe('answer');
    expect(Buffer.concat(received).toString()).toBe('question');
    socket.destroy();
  });

  it('holds back the answer to a request with a text in it, and nothing else, until it is let go', async () => {
    const [watched, other] = [await dial(), await dial()];
    let isAnswered = false;
    watched.once('data', () => {
      isAnswered = true;
    });
    const held = proxy.holdAnswer('secret');
    watched.write('my secret question');
    const release = await held;
    other.write('question');
    expect(String((await once(other, 'data'))[0])).toBe('answer');
    expect(isAnswered).toBe(false);
    const answered = once(watched, 'data');
    release();
    expect(String((await answered)[0])).toBe('answer');
    watched.destroy();
    other.destroy();
  });

  it('cuts a connection in the middle of what passes, and takes new ones', async () => {
    const socket = await dial();
    socket.write('hello');
    await once(socket, 'data');
    const closed = once(socket, 'close');
    const cut = proxy.cutMidFrame(createRandom(3), 5_000);
    socket.write(Buffer.alloc(1_000, 'x'));
    expect(await cut).toBe(1);
    await closed;
    const passed = Buffer.concat(received).length - 'hello'.length;
    expect(passed).toBeLessThan(1_000);
    const again = await dial();
    again.write('question');
    expect(String((await once(again, 'data'))[0])).toBe('answer');
    again.destroy();
  });

  it('refuses until it is restored', async () => {
    const socket = await dial();
    const closed = once(socket, 'close');
    proxy.refuse();
    await closed;
    const refused = await dial();
    await once(refused, 'close');
    proxy.restore();
    const again = await dial();
    again.write('question');
    expect(String((await once(again, 'data'))[0])).toBe('answer');
    again.destroy();
  });

  it('holds bytes back while it stalls', async () => {
    const socket = await dial();
    socket.write('hello');
    await once(socket, 'data');
    received = [];
    proxy.stall();
    socket.write('later');
    await new Promise(setImmediate);
    expect(received).toEqual([]);
    proxy.restore();
    await once(socket, 'data');
    expect(Buffer.concat(received).toString()).toBe('later');
    socket.destroy();
  });
});
