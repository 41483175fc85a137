import type { DatabaseTurns } from './database-turns.js';
import type { WireEngine } from './wire-engine.js';
import { query } from './wire.js';

/** Whose settings the one session of the engine has now. */
export interface EngineSession {
  owner: number;
  /** Has settings that are not the engine's own. */
  isDirty: boolean;
}

/** What RESET ALL leaves is not what the engine starts with. */
const resetSession = [query('RESET ALL'), query('SET search_path TO public')];

export interface EngineLease {
  readonly isHeld: boolean;
  /** Waits for the turn and puts the settings of this client in place. */
  hold(settings: readonly string[]): Promise<void>;
  release(): void;
  run(message: Buffer): Promise<Buffer>;
  runAll(messages: readonly Buffer[]): Promise<readonly Buffer[]>;
  markDirty(): void;
}

/** The engine for one client: it is spoken to in its turn only, and with the settings of that client. */
export function createEngineLease(options: {
  id: number;
  engine: WireEngine;
  turns: DatabaseTurns;
  session: EngineSession;
}): EngineLease {
  const { engine, id, session, turns } = options;
  let end: (() => void) | undefined;

  async function takeOver(settings: readonly string[]): Promise<void> {
    if (session.owner === id) return;
    if (session.isDirty) await engine.run(resetSession);
    session.isDirty = settings.length > 0;
    if (session.isDirty) await engine.run(settings.map(query));
    session.owner = id;
  }

  return {
    get isHeld() {
      return end !== undefined;
    },
    async hold(settings) {
      if (end !== undefined) return;
      end = await turns.take();
      await takeOver(settings);
    },
    release() {
      end?.();
      end = undefined;
    },
    async run(message) {
      const [answer] = await engine.run([message]);
      return answer ?? Buffer.alloc(0);
    },
    runAll: (messages) => engine.run(messages),
    markDirty() {
      session.isDirty = true;
    },
  };
}
