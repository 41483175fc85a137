import { createLogger } from '../platform/logger.js';
import { createPostgresFront, type PostgresFrontOptions } from '../storage/postgres-front/postgres-front.js';
import { openRawEngine } from '../storage/postgres-front/raw-engine.js';
import type { WireEngine } from '../storage/postgres-front/wire-engine.js';

export interface TestPostgres {
  /** For `DATABASE_URL`. */
  readonly url: string;
  close(): Promise<void>;
}

/** The engine in a folder, in this thread, behind the protocol on a free port. */
export async function openTestPostgres(
  folder: string,
  options: Partial<PostgresFrontOptions> = {},
): Promise<TestPostgres> {
  const raw = await openRawEngine(folder);
  const engine: WireEngine = {
    async run(messages) {
      const answers: Buffer[] = [];
      for (const message of messages) answers.push(Buffer.from(await raw.run(message)));
      return answers;
    },
    onLost: () => undefined,
    close: () => raw.close(),
  };
  const front = createPostgresFront({
    port: 0,
    password: '',
    engine,
    clientsMax: 50,
    messageBytesMax: 4_194_304,
    idleMsMax: 60_000,
    waitMsMax: 60_000,
    logger: createLogger({ level: 'silent', pretty: false, service: 'test' }),
    ...options,
  });
  const address = await front.start();
  const { password = '' } = options;
  return {
    url: `postgres://postgres:${encodeURIComponent(password)}@${address}/postgres`,
    async close() {
      await front.close();
      await engine.close();
    },
  };
}
