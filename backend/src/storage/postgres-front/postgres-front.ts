import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Logger } from '../../platform/logger.js';
import { ClientSession } from './client-session.js';
import { createDatabaseTurns } from './database-turns.js';
import { createEngineLease, type EngineSession } from './engine-lease.js';
import { signIn } from './sign-in.js';
import { toSettings } from './statement-rules.js';
import type { WireEngine } from './wire-engine.js';
import { authenticationOk, backendKey, encodeError, parameterStatus, readyForQuery } from './wire.js';

export interface PostgresFrontOptions {
  /** 0 takes a free one. */
  readonly port: number;
  /** Empty lets everyone on this machine in. */
  readonly password: string;
  readonly engine: WireEngine;
  readonly clientsMax: number;
  readonly messageBytesMax: number;
  /** Of a transaction that says nothing. */
  readonly idleMsMax: number;
  /** How long a client waits for its turn. */
  readonly waitMsMax: number;
  readonly logger: Logger;
}

/** PostgreSQL's protocol on loopback, for many clients of an engine that has one session. */
export interface PostgresFront {
  /** Resolves with the address. */
  start(): Promise<string>;
  /** Ends every connection; open transactions are rolled back. The engine stays open. */
  close(): Promise<void>;
}

interface Client {
  readonly socket: Socket;
  session: ClientSession | undefined;
}

/** What clients are told of the server when they sign in. */
const serverParameters: readonly (readonly [string, string])[] = [
  ['server_version', '17.5'],
  ['server_encoding', 'UTF8'],
  ['client_encoding', 'UTF8'],
  ['DateStyle', 'ISO, MDY'],
  ['IntervalStyle', 'postgres'],
  ['TimeZone', 'GMT'],
  ['integer_datetimes', 'on'],
  ['standard_conforming_strings', 'on'],
];

export function createPostgresFront(options: PostgresFrontOptions): PostgresFront {
  const clients = new Set<Client>();
  const turns = createDatabaseTurns({ waitMsMax: options.waitMsMax });
  const session: EngineSession = { owner: 0, isDirty: true };
  let lastId = 0;

  async function serve(client: Client): Promise<void> {
    const { socket } = client;
    const signedIn = await signIn(socket, options.password);
    if (signedIn === undefined) {
      // Reads on, or the end of the client would never be seen.
      socket.end().resume();
      return;
    }
    lastId += 1;
    const id = lastId;
    const { engine, idleMsMax, logger, messageBytesMax } = options;
    const lease = createEngineLease({ id, engine, turns, session });
    const settings = toSettings(signedIn.parameters);
    const own = new ClientSession({ id, socket, lease, settings, messageBytesMax, idleMsMax, logger });
    client.session = own;
    socket.write(
      Buffer.concat([
        authenticationOk,
        ...serverParameters.map(([name, value]) => parameterStatus(name, value)),
        backendKey(id),
        readyForQuery('I'),
      ]),
    );
    socket.on('data', (chunk: Buffer) => {
      own.push(chunk);
    });
    if (signedIn.rest.length > 0) own.push(signedIn.rest);
    socket.resume();
  }

  // What clients have prepared is gone, and their transactions with it: they come again.
  options.engine.onLost(() => {
    Object.assign(session, { owner: 0, isDirty: false });
    const farewell = encodeError('FATAL', '57P01', 'The engine failed and is opened again.');
    for (const client of clients) void dismiss(client, farewell);
  });
  const server = createServer((socket) => {
    // A client that breaks off is told of by `close` too.
    socket.on('error', () => undefined);
    socket.setNoDelay(true);
    if (clients.size >= options.clientsMax) {
      socket.end(encodeError('FATAL', '53300', `There are ${options.clientsMax} clients already.`)).resume();
      return;
    }
    const client: Client = { socket, session: undefined };
    clients.add(client);
    socket.once('close', () => {
      clients.delete(client);
      void client.session?.leave();
    });
    void serve(client);
  });

  return {
    start: () => listen(server, options.port),
    async close() {
      const closed = new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
      });
      const farewell = encodeError('FATAL', '57P01', 'The database is being stopped.');
      await Promise.all([...clients].map((client) => dismiss(client, farewell)));
      await closed;
    },
  };
}

async function dismiss({ session, socket }: Client, farewell: Buffer): Promise<void> {
  if (session === undefined) socket.destroy();
  else await session.leave(farewell);
}

function listen(server: Server, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const bound: string | AddressInfo | null = server.address();
      resolve(`127.0.0.1:${typeof bound === 'object' ? (bound?.port ?? port) : port}`);
    });
  });
}
