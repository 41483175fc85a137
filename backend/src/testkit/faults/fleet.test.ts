import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { createFleet, manyCopies, usualLoad, type Fleet } from './fleet.js';
import { createRandom } from './random.js';

jest.setTimeout(60_000);

const batchSchema = z.array(z.object({ id: z.string() }));
const random = createRandom(7);
let server: Server;
let url: string;
/** Ids of events that were taken, with how often. */
let taken: Map<string, number>;

type Behaviour = (request: IncomingMessage, response: ServerResponse, ids: readonly string[]) => void;
let behave: Behaviour;

function take(response: ServerResponse, ids: readonly string[]): void {
  const rejected = ids.flatMap((id, index) =>
    id.startsWith('broken') ? [{ index, code: 'time_invalid', pointer: '/time', reason: 'no time' }] : [],
  );
  for (const id of ids) if (!id.startsWith('broken')) taken.set(id, (taken.get(id) ?? 0) + 1);
  response.writeHead(202).end(JSON.stringify({ accepted: ids.length - rejected.length, rejected }));
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'retry-after': '0' });
  response.end(JSON.stringify({ error: { code: 'not_now', reason: 'Not now.' } }));
}

beforeEach(async () => {
  taken = new Map();
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const ids = batchSchema.parse(JSON.parse(Buffer.concat(chunks).toString())).map(({ id }) => id);
      behave(request, response, ids);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  url = `http://127.0.0.1:${address.port}`;
});

afterEach(() => {
  opened?.abandon();
  server.closeAllConnections();
  server.close();
});

const hurried = { ...usualLoad, restMs: { least: 0, most: 1 } };
let opened: Fleet | undefined;

function openFleet(): Fleet {
  opened = createFleet({
    senders: [{ tenantId: 'one', key: 'key' }],
    width: 3,
    random: random.fork(),
    collectorUrls: () => [url],
    patienceMs: 20_000,
  });
  return opened;
}

async function untilTaken(count: number): Promise<void> {
  while (taken.size < count) await sleep(5);
}

describe('fleet', () => {
  it('sends each event until it is acknowledged, whatever the collector does meanwhile', async () => {
    behave = (request, response, ids) => {
      const dice = random.next();
      if (dice < 0.1) request.socket.destroy();
      else if (dice < 0.2) refuse(response, 503);
      else if (dice < 0.3) refuse(response, 429);
      else take(response, ids);
    };
    const fleet = openFleet();
    fleet.start(manyCopies, hurried);
    await untilTaken(1_000);
    await fleet.pause();
    const [ledger] = fleet.ledgers;
    expect(ledger?.acknowledged.size).toBe(ledger?.begun);
    expect(taken.size).toBe(ledger?.begun);
    expect([...taken.values()].some((times) => times > 1)).toBe(true);
    expect([...fleet.tally.refused.keys()].sort()).toEqual(['429 not_now', '503 not_now', 'no answer']);
  });

  it('fails when it is refused for good, or an event of a batch is', async () => {
    behave = (_request, response) => {
      refuse(response, 401);
    };
    const refused = openFleet();
    refused.start(manyCopies, hurried);
    await expect(refused.pause()).rejects.toThrow('401 not_now');
    behave = (_request, response, ids) => {
      response.writeHead(202).end(JSON.stringify({ accepted: ids.length - 1, rejected: [] }));
    };
    const robbed = openFleet();
    robbed.start(manyCopies, hurried);
    await expect(robbed.pause()).rejects.toThrow('was answered');
  });
});
