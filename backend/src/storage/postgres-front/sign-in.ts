import { createHash, timingSafeEqual } from 'node:crypto';
import type { Socket } from 'node:net';
import { createFrameReader, encodeError, passwordRequest, readTexts } from './wire.js';

const sslRequest = 80_877_103;
const gssRequest = 80_877_104;
const cancelRequest = 80_877_102;
const protocolVersion = 196_608;
const startupBytesMax = 10_000;

export interface SignedIn {
  readonly parameters: ReadonlyMap<string, string>;
  /** What the client has sent behind its sign-in. */
  readonly rest: Buffer;
}

/** Reads what a client says before its first statement. Resolves with `undefined` when it is not let in, or leaves. */
export async function signIn(socket: Socket, password: string): Promise<SignedIn | undefined> {
  let buffer: Buffer = Buffer.alloc(0);

  /** Waits until the buffer has so many bytes, and takes them. */
  async function take(bytes: number): Promise<Buffer | undefined> {
    while (buffer.length < bytes) {
      const chunk = await readChunk(socket);
      if (chunk === undefined) return undefined;
      buffer = Buffer.concat([buffer, chunk]);
    }
    const taken = buffer.subarray(0, bytes);
    buffer = buffer.subarray(bytes);
    return taken;
  }

  async function takeStartup(): Promise<Buffer | undefined> {
    for (;;) {
      const length = (await take(4))?.readInt32BE(0) ?? 0;
      if (length < 8 || length > startupBytesMax) return undefined;
      const body = await take(length - 4);
      const code = body?.readInt32BE(0);
      if (body === undefined || code === cancelRequest) return undefined;
      if (code === protocolVersion) return body;
      if (code !== sslRequest && code !== gssRequest)
        return refuse(socket, '08P01', 'npm run stores speaks version 3.0 of the protocol.');
      socket.write('N');
    }
  }

  const startup = await takeStartup();
  if (startup === undefined) return undefined;
  const parameters = readParameters(startup);
  const encoding = parameters.get('client_encoding') ?? 'UTF8';
  if (!/^'?utf-?8'?$/i.test(encoding)) return refuse(socket, '0A000', 'npm run stores speaks UTF8 only.');
  if (password !== '') {
    socket.write(passwordRequest);
    const head = await take(5);
    const length = head?.readInt32BE(1) ?? 0;
    if (head === undefined || length < 4 || length > startupBytesMax) return undefined;
    const body = await take(length - 4);
    const [frame] = createFrameReader(startupBytesMax * 2).push(
      Buffer.concat([head, body ?? Buffer.alloc(0)]),
    );
    const [given = ''] = frame?.type === 'p' ? readTexts(frame, 1) : [];
    if (!isSame(given, password)) return refuse(socket, '28P01', 'The password is not right.');
  }
  return { parameters, rest: buffer };
}

function readChunk(socket: Socket): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const finish = (chunk?: Buffer): void => {
      socket.pause();
      socket.off('data', finish);
      socket.off('close', end);
      socket.off('end', end);
      resolve(chunk);
    };
    const end = (): void => {
      finish();
    };
    socket.on('data', finish);
    socket.on('close', end);
    socket.on('end', end);
    socket.resume();
  });
}

function refuse(socket: Socket, sqlState: string, message: string): undefined {
  socket.end(encodeError('FATAL', sqlState, message));
  return undefined;
}

function readParameters(startup: Buffer): ReadonlyMap<string, string> {
  const texts = startup.toString('utf8', 4).split('\0');
  const parameters = new Map<string, string>();
  for (let index = 0; index + 1 < texts.length; index += 2) {
    const name = texts[index] ?? '';
    if (name !== '') parameters.set(name, texts[index + 1] ?? '');
  }
  return parameters;
}

/** Takes the same time wherever two texts differ. */
function isSame(left: string, right: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}
