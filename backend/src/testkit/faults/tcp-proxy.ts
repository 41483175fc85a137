import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import type { Random } from './random.js';

/** A wire between two processes that can be cut. */
export interface TcpProxy {
  readonly port: number;
  /**
   * Cuts every connection with the next bytes that pass through it: a random part of them is passed on, so that a frame
   * arrives in half. Connections on which nothing passes are cut after `withinMs`. Resolves with how many were cut.
   */
  cutMidFrame(random: Random, withinMs: number): Promise<number>;
  /** Cuts every connection and refuses new ones, until `restore`. */
  refuse(): void;
  /** Keeps connections open and passes nothing on, until `restore`. */
  stall(): void;
  restore(): void;
  /**
   * Holds back the answer to the next request in which this text stands. Resolves when the answer has come, with what
   * lets it go on. For questions and answers one after the other, as HTTP has them.
   */
  holdAnswer(text: string): Promise<() => void>;
  close(): Promise<void>;
}

interface Wire {
  readonly client: Socket;
  readonly server: Socket;
  /** Set when the next bytes are the last: the share of them that is passed on. */
  cutAt: number | undefined;
  /** Told when the next bytes from the server have come, which then wait. */
  onAnswer: ((release: () => void) => void) | undefined;
}

interface Watch {
  readonly text: string;
  readonly resolve: (release: () => void) => void;
}

type Mode = 'open' | 'refusing' | 'stalled';

/** Stands before `target.port` on the loopback. */
export async function openTcpProxy(target: { readonly port: number }): Promise<TcpProxy> {
  const wires = new Set<Wire>();
  let mode: Mode = 'open';
  let watch: Watch | undefined;

  function drop(wire: Wire): void {
    wires.delete(wire);
    wire.client.destroy();
    wire.server.destroy();
  }

  /** Answers whether these bytes wait. */
  function isHeld(wire: Wire, chunk: Buffer, from: Socket): boolean {
    if (from === wire.client && watch !== undefined && chunk.includes(watch.text)) {
      wire.onAnswer = watch.resolve;
      watch = undefined;
    }
    const tell = from === wire.server ? wire.onAnswer : undefined;
    if (tell === undefined) return false;
    wire.onAnswer = undefined;
    from.pause();
    from.unshift(chunk);
    tell(() => from.resume());
    return true;
  }

  function pass(wire: Wire, chunk: Buffer, from: Socket, to: Socket): void {
    if (isHeld(wire, chunk, from)) return;
    if (wire.cutAt !== undefined) {
      const part = chunk.subarray(0, Math.floor(chunk.length * wire.cutAt));
      wires.delete(wire);
      // Both ends: whoever sent the rest must learn that it never arrived.
      to.end(part, () => to.destroy());
      from.destroy();
    } else if (!to.write(chunk)) {
      from.pause();
      to.once('drain', () => {
        if (mode !== 'stalled') from.resume();
      });
    }
  }

  function join(client: Socket): void {
    if (mode === 'refusing') {
      client.destroy();
      return;
    }
    const server = connect({ port: target.port, host: '127.0.0.1', noDelay: true });
    const wire: Wire = { client, server, cutAt: undefined, onAnswer: undefined };
    wires.add(wire);
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      from.on('data', (chunk: Buffer) => {
        pass(wire, chunk, from, to);
      });
      from.on('end', () => to.end());
      from.on('close', () => {
        drop(wire);
      });
      // The close that follows says all that matters.
      from.on('error', () => undefined);
    }
    if (mode === 'stalled') setPaused(wire, true);
  }

  const listener = createServer({ noDelay: true }, join).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');

  return {
    port: address.port,
    async cutMidFrame(random, withinMs) {
      const chosen = [...wires];
      for (const wire of chosen) wire.cutAt = random.next();
      await untilGone(chosen, wires, withinMs);
      for (const wire of chosen) drop(wire);
      return chosen.length;
    },
    refuse() {
      mode = 'refusing';
      for (const wire of wires) drop(wire);
    },
    stall() {
      mode = 'stalled';
      for (const wire of wires) setPaused(wire, true);
    },
    restore() {
      mode = 'open';
      for (const wire of wires) setPaused(wire, false);
    },
    holdAnswer: (text) =>
      new Promise((resolve) => {
        watch = { text, resolve };
      }),
    async close() {
      for (const wire of wires) drop(wire);
      listener.close();
      await once(listener, 'close');
    },
  };
}

function setPaused({ client, server }: Wire, isPaused: boolean): void {
  for (const socket of [client, server]) {
    if (isPaused) socket.pause();
    else socket.resume();
  }
}

/** Resolves when none of the chosen is among the living, or the time is over. */
async function untilGone(
  chosen: readonly Wire[],
  living: ReadonlySet<Wire>,
  withinMs: number,
): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (performance.now() < deadline && chosen.some((wire) => living.has(wire))) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
