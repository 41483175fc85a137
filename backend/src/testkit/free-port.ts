import { createServer } from 'node:net';

/** Below the ports that outgoing connections are given: nobody takes one while the process that owns it is down. */
const ports = { from: 10_000, to: 32_000 };

/** A port that nobody listens on now. */
export async function findFreePort(): Promise<number> {
  for (;;) {
    const port = ports.from + Math.floor(Math.random() * (ports.to - ports.from));
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen(port, '127.0.0.1', () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}
