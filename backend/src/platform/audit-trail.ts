import type { AuditAction, AuditActor, AuditLog, AuditRecord, Deed } from './audit.js';
import { AppError } from './errors.js';
import type { Logger } from './logger.js';

/** What a process does, on its way into the audit log. */
export interface AuditTrail {
  /**
   * Resolves when it is written that this is about to be done. Throws `AppError` 503 `audit_unavailable`, retryable:
   * then it must not be done.
   */
  begin(deed: Deed): Promise<void>;
  /** How what was begun has ended. Written soon, and kept until it is. */
  end(deed: Deed, outcome: 'done' | 'failed'): void;
  /** Does what is said, between the two. What it was done to may be known only then. */
  record<T>(deed: Deed, work: () => Promise<T>, targetOf?: (result: T) => string): Promise<T>;
  /** Adds to what is written once in a while: how often whom was answered what. Nobody waits for it. */
  countAnswer(answer: CountedAnswer): void;
  /** The same for what comes in so many parts that an entry for each would hide all others. */
  countParts(parts: CountedParts): void;
  /** Writes what is left, as far as the log takes it. */
  close(): Promise<void>;
}

interface CountedAnswer {
  readonly tenantId: string;
  readonly actor: AuditActor;
  readonly what: string;
  readonly isRefused: boolean;
}

export interface CountedParts {
  readonly tenantId: string;
  readonly actor: AuditActor;
  readonly action: AuditAction;
  /** Added up in the summary. */
  readonly counts: Readonly<Record<string, number>>;
}

export interface AuditTrailOptions {
  readonly log: Pick<AuditLog, 'append'>;
  /** Time between two summaries of answers. */
  readonly everyMs: number;
  /** Most askers in one summary. */
  readonly askersMax: number;
  readonly now: () => Date;
  readonly logger: Logger;
  /** Answers of whom no summary could tell. */
  readonly onDropped: (answers: number) => void;
}

/** The answers to one asker since the last summary, by what was asked. Or the parts of something else, by what they were. */
interface Asker {
  readonly action: AuditAction;
  readonly tenantId: string;
  readonly actor: AuditActor;
  readonly since: Date;
  readonly answers: Map<string, number>;
}

export function createAuditTrail(options: AuditTrailOptions): AuditTrail {
  const { log, logger, now } = options;
  const askers = createAskers(options);
  /** Bounded by what is under way: while the log does not answer, nothing is begun. */
  let ended: AuditRecord[] = [];
  let writing = Promise.resolve();

  async function write(records: readonly AuditRecord[]): Promise<boolean> {
    try {
      await log.append(records);
      return true;
    } catch (error) {
      logger.warn({ err: error, entries: records.length }, 'audit entries not written yet');
      return false;
    }
  }
  async function writeEnded(): Promise<void> {
    const records = ended;
    ended = [];
    if (!(await write(records))) ended = [...records, ...ended];
  }
  async function writeAnswers(): Promise<void> {
    const taken = askers.take();
    if (!(await write(taken.map(toSummary)))) askers.giveBack(taken);
  }
  function soon(work: () => Promise<void>): Promise<void> {
    writing = writing.then(work);
    return writing;
  }
  const timer = setInterval(() => {
    void soon(writeEnded);
    void soon(writeAnswers);
  }, options.everyMs);
  timer.unref();

  const trail: AuditTrail = {
    async begin(deed) {
      try {
        await log.append([{ ...deed, at: now(), outcome: 'begun' }]);
      } catch (cause) {
        const reason = 'The audit log can not be written, and nothing is changed that is not in it.';
        throw new AppError('audit_unavailable', reason, { status: 503, retryable: true, cause });
      }
    },
    end(deed, outcome) {
      ended.push({ ...deed, at: now(), outcome });
      void soon(writeEnded);
    },
    async record(deed, work, targetOf) {
      await trail.begin(deed);
      try {
        const result = await work();
        trail.end({ ...deed, target: targetOf?.(result) ?? deed.target }, 'done');
        return result;
      } catch (error) {
        const code = error instanceof AppError ? error.code : 'internal_error';
        trail.end({ ...deed, details: { ...deed.details, code } }, 'failed');
        throw error;
      }
    },
    countAnswer(answer) {
      askers.count(answer);
    },
    countParts(parts) {
      askers.countParts(parts);
    },
    async close() {
      clearInterval(timer);
      await soon(writeEnded);
      await soon(writeAnswers);
    },
  };
  return trail;

  function toSummary({ action, actor, answers, since, tenantId }: Asker): AuditRecord {
    const details = { since: since.toISOString(), ...Object.fromEntries(answers) };
    return { tenantId, actor, action, at: now(), outcome: 'done', details };
  }
}

/** Those who asked, each with a count for everything they asked. What they can ask is a closed list. */
function createAskers({ askersMax, now, onDropped }: AuditTrailOptions): {
  count(answer: CountedAnswer): void;
  countParts(parts: CountedParts): void;
  take(): readonly Asker[];
  giveBack(taken: readonly Asker[]): void;
} {
  let askers = new Map<string, Asker>();

  function add(
    { action, actor, tenantId }: Pick<Asker, 'action' | 'actor' | 'tenantId'>,
    what: string,
    times: number,
  ): void {
    const key = JSON.stringify([tenantId, actor, action]);
    const asker = askers.get(key) ?? {
      tenantId,
      actor,
      action,
      since: now(),
      answers: new Map<string, number>(),
    };
    if (!askers.has(key) && askers.size >= askersMax) {
      onDropped(times);
      return;
    }
    askers.set(key, asker);
    asker.answers.set(what, (asker.answers.get(what) ?? 0) + times);
  }
  return {
    count: ({ isRefused, what, ...asker }) => {
      add({ ...asker, action: 'queries.answered' }, isRefused ? `${what} refused` : what, 1);
    },
    countParts({ counts, ...asker }) {
      for (const [what, times] of Object.entries(counts)) add(asker, what, times);
    },
    take() {
      const taken = [...askers.values()];
      askers = new Map();
      return taken;
    },
    /** What came meanwhile is counted with it. */
    giveBack(taken) {
      for (const asker of taken) {
        const key = JSON.stringify([asker.tenantId, asker.actor, asker.action]);
        const later = askers.get(key)?.answers ?? new Map<string, number>();
        askers.delete(key);
        if (askers.size < askersMax) askers.set(key, asker);
        for (const [what, times] of later) add(asker, what, times);
      }
    },
  };
}
