import { isSessionSetting } from './statement-rules.js';

const settingsMax = 100;

/** What one client has SET, to be said again when the engine was in other hands. */
export interface SessionSettings {
  readonly texts: readonly string[];
  /** A statement has run and the engine calls it so. */
  note(sql: string, tag: string | undefined): void;
  /** A transaction, or a single statement, is over: what it set stays, unless it was rolled back. */
  settle(tag: string | undefined): void;
}

export function createSessionSettings(initial: readonly string[]): SessionSettings {
  let texts = [...initial];
  let pending: string[] = [];
  return {
    get texts() {
      return texts;
    },
    note(sql, tag) {
      if ((tag === 'SET' || tag === 'RESET') && isSessionSetting(sql)) pending.push(sql);
    },
    settle(tag) {
      if (tag !== 'ROLLBACK') texts = [...texts.filter((text) => !pending.includes(text)), ...pending];
      pending = [];
      if (texts.length > settingsMax)
        throw new RangeError(`more than ${settingsMax} settings in one session`);
    },
  };
}
