import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import {
  createBrokerConnection,
  type BrokerConnection,
} from '../../src/messaging/rabbitmq/broker-connection.js';
import type { BrokerTls } from '../../src/messaging/rabbitmq/broker-tls.js';
import { retirePartitions } from '../../src/messaging/rabbitmq/retire-partitions.js';
import { makeAuthority, makeCertificate } from '../../src/testkit/certificates.js';
import { startBroker, type TestBroker } from '../../src/testkit/rabbitmq-broker.js';

const connectTimeoutMs = 60_000;
let folder: string;
let broker: TestBroker;
let connection: BrokerConnection | undefined;

const file = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coditect-tls-'));
  await Promise.all([makeAuthority(folder, 'ours'), makeAuthority(folder, 'other')]);
  await makeCertificate(folder, 'broker', 'ours');
  await makeCertificate(folder, 'client', 'ours');
  broker = await startBroker({
    tls: {
      caFile: file('ours.pem'),
      certificateFile: file('broker.pem'),
      keyFile: file('broker.key'),
      asksClients: true,
    },
  });
});

afterEach(async () => {
  await connection?.close();
  connection = undefined;
});

afterAll(async () => {
  await broker.close();
  await rm(folder, { recursive: true, force: true });
});

function open(tls: BrokerTls, url = broker.tlsUrl): BrokerConnection {
  connection = createBrokerConnection({ url, tls, name: 'test', logger: pino({ level: 'silent' }) });
  return connection;
}

const client = (): BrokerTls => ({ certificateFile: file('client.pem'), keyFile: file('client.key') });

describe('amqps', () => {
  it('connects to a broker of an authority that is given, as a client that it knows', async () => {
    const opened = open({ caFile: file('ours.pem'), ...client() });
    await opened.waitUntilConnected(connectTimeoutMs);
    expect(opened.isReady).toBe(true);
  });

  it('comes back over TLS when the connection is lost', async () => {
    const opened = open({ caFile: file('ours.pem'), ...client() });
    let opens = 0;
    const twice = new Promise<void>((resolve) => {
      opened.keepChannel('test', () => {
        opens += 1;
        if (opens === 2) resolve();
        return Promise.resolve();
      });
    });
    await opened.waitUntilConnected(connectTimeoutMs);
    await broker.control('close_all_connections', 'cut');
    await twice;
  });

  it.each([
    ['of another authority', (): BrokerTls => ({ caFile: file('other.pem'), ...client() })],
    ['of an authority that nobody named', client],
  ])('says at once that the certificate of the broker is one %s', async (_name, tls) => {
    const opened = open(tls());
    const waiting = opened.waitUntilConnected(connectTimeoutMs);
    await expect(waiting).rejects.toMatchObject({ code: 'broker_untrusted', retryable: false });
    await expect(waiting).rejects.toThrow('RABBITMQ_CA_FILE');
  });

  it('says which file can not be read', async () => {
    const opened = open({ caFile: file('missing.pem') });
    const waiting = opened.waitUntilConnected(connectTimeoutMs);
    await expect(waiting).rejects.toMatchObject({ code: 'broker_tls_file', retryable: false });
    await expect(waiting).rejects.toThrow('missing.pem');
  });

  it('is not connected without the certificate that the broker asks for', async () => {
    const opened = open({ caFile: file('ours.pem') });
    await expect(opened.waitUntilConnected(2_000)).rejects.toMatchObject({ code: 'bus_unavailable' });
  });

  it('retires the queues of a number of partitions', async () => {
    const tls = { caFile: file('ours.pem'), ...client() };
    const options = { branches: ['stream'], partitions: 1, isDryRun: true } as const;
    await expect(retirePartitions({ ...options, url: broker.tlsUrl, tls })).resolves.toEqual([]);
    await expect(
      retirePartitions({ ...options, url: broker.tlsUrl, tls: { caFile: file('other.pem') } }),
    ).rejects.toMatchObject({ code: 'broker_untrusted' });
  });
});
