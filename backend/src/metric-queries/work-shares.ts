import { createTenantsNear } from '../platform/tenants-near.js';

/** What holds for a tenant while others ask as well. */
export interface WorkSharesOptions {
  /** Questions of a tenant at once. */
  readonly runningMax: number;
  /** Milliseconds a second that its questions may take together, over time. */
  readonly workMsPerSecond: number;
  /**
   * Longest that a tenant waits for what its questions took. Shorter than a question may wait in line, or whatever it
   * asks after a long one would be refused.
   */
  readonly waitMsMax: number;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
}

/**
 * The time that the questions of each tenant take, counted while several tenants ask. One that asks without an end has its
 * share of it, however many questions that is; one that opens a dashboard now and then does not come to it.
 */
export interface WorkShares {
  /** To be told of every question before anything else: who asks is reckoned with for some seconds. */
  noteAsked(tenantId: string): void;
  /** Questions of one tenant at once, for now. */
  runningMax(): number;
  /** 0 when the tenant may begin another question, else milliseconds until it may. */
  waitMs(tenantId: string): number;
  noteWorked(tenantId: string, ms: number): void;
  /** To be told of every answer: one that was shared took no work of its own, but has to be written out as well. */
  noteAnswered(tenantId: string): void;
}

/** Work that may be done at once before the share counts: about a dashboard. */
const burstMs = 2_000;

/** What an answer takes beside the work for it. */
const answerMs = 2;

interface Account {
  /** Work that is left; below 0 while more was done than there was. */
  leftMs: number;
  atMs: number;
}

export function createWorkShares(options: WorkSharesOptions): WorkShares {
  const { now, runningMax, workMsPerSecond } = options;
  const debtMsMax = (options.waitMsMax / 1_000) * workMsPerSecond;
  const accounts = new Map<string, Account>();
  const near = createTenantsNear(now);

  function forgetFilled(): void {
    for (const tenantId of accounts.keys())
      if (!near.has(tenantId) && fill(tenantId).leftMs >= burstMs) accounts.delete(tenantId);
  }

  function fill(tenantId: string): Account {
    const atMs = now();
    const before = accounts.get(tenantId) ?? { leftMs: burstMs, atMs };
    const come = ((atMs - before.atMs) / 1_000) * workMsPerSecond;
    const account = { leftMs: Math.min(burstMs, before.leftMs + come), atMs };
    accounts.set(tenantId, account);
    return account;
  }

  const isShared = (): boolean => near.count() > 1;

  function noteWorked(tenantId: string, ms: number): void {
    if (!isShared()) return;
    const account = fill(tenantId);
    account.leftMs = Math.max(-debtMsMax, account.leftMs - ms);
  }

  return {
    noteAsked(tenantId) {
      near.note(tenantId, now());
      forgetFilled();
    },
    runningMax: () => (isShared() ? runningMax : Number.POSITIVE_INFINITY),
    waitMs(tenantId) {
      if (!isShared()) return 0;
      const { leftMs } = fill(tenantId);
      return leftMs >= 1 ? 0 : Math.ceil(((1 - leftMs) / workMsPerSecond) * 1_000);
    },
    noteWorked,
    noteAnswered(tenantId) {
      noteWorked(tenantId, answerMs);
    },
  };
}
