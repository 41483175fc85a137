import { Command } from 'commander';
import { z } from 'zod';
import type { Operations } from '../admin/operations.js';
import {
  deadLetterSummarySchema,
  type DeadLetterSummary,
  type DeadLetterView,
  type ReplayReport,
} from '../platform/dead-letters.js';
import { AppError } from '../platform/errors.js';
import { anEvent } from '../testkit/an-event.js';
import { refusedOperations } from '../testkit/refused-operations.js';
import { addDeadLetterCommands } from './dead-letter-commands.js';

type LetterOperations = Pick<
  Operations,
  'listDeadLetters' | 'getDeadLetter' | 'replayDeadLetter' | 'replayDeadLetters'
>;

function createWorld(operations: Partial<LetterOperations>) {
  const printed: string[] = [];
  const noted: string[] = [];
  const all: Operations = { ...refusedOperations, ...operations };
  const program = new Command('coditect').exitOverride().configureOutput({ writeErr: () => undefined });
  const output = {
    print: (text: string) => printed.push(text),
    note: (text: string) => noted.push(text),
    draw: (text: string) => noted.push(text),
    isTerminal: false,
  };
  const opener = {
    withControl: <T>(work: (given: Operations) => Promise<T>) => work(all),
    withEvents: <T>(work: (given: Operations) => Promise<T>) => work(all),
    withMigrations: <T>(work: (given: Operations) => Promise<T>) => work(all),
    withRollups: <T>(work: (given: Operations) => Promise<T>) => work(all),
    withSubjects: () => Promise.reject(new Error('not asked for')),
  };
  addDeadLetterCommands(program, () => opener, output);
  return {
    printed,
    noted,
    run: (...args: string[]) => program.parseAsync(['dead-letters', ...args], { from: 'user' }),
  };
}

function aSummary(changes: Partial<DeadLetterSummary> = {}): DeadLetterSummary {
  return {
    id: 'letter-1',
    messageId: 'message-1',
    origin: 'stream',
    code: 'row_refused',
    reason: 'The store refuses it.',
    attempts: 3,
    firstAt: '2026-01-01T00:00:00.000Z',
    at: '2026-01-02T00:00:00.000Z',
    state: 'waiting',
    replayedAt: null,
    replays: 0,
    events: 2,
    readable: true,
    ...changes,
  };
}

function aReport(changes: Partial<ReplayReport> = {}): ReplayReport {
  const counts = { letters: 1, events: 2, replayed: 0, failed: [], remaining: 0 };
  return { dryRun: true, ...counts, next: null, ...changes };
}

describe('dead-letters list', () => {
  it('asks for everything unless it is told whose', async () => {
    const asked: object[] = [];
    const { run, printed } = createWorld({
      listDeadLetters(query) {
        asked.push(query);
        return Promise.resolve({ letters: [aSummary()], next: null });
      },
    });
    await run('list', '--json');
    await run('list', '--tenant', 'nova', '--state', 'waiting', '--code', 'row_refused', '--origin', 'batch');
    expect(asked).toEqual([
      { limit: 100 },
      { tenant: 'nova', state: 'waiting', code: 'row_refused', origin: 'batch', limit: 100 },
    ]);
    expect(JSON.parse(printed[0] ?? '')).toEqual([aSummary()]);
    expect(printed[1]).toMatch(/^ID +GIVEN UP +STATE +ORIGIN +CODE +EVENTS +REASON\nletter-1 /);
  });

  it('puts pages together up to the limit, and says that there is more', async () => {
    const { run, printed, noted } = createWorld({
      listDeadLetters: ({ limit, cursor = '0' }) =>
        Promise.resolve({
          letters: Array.from({ length: limit }, (_, index) => aSummary({ id: `${cursor}-${index}` })),
          next: String(Number(cursor) + 1),
        }),
    });
    await run('list', '--limit', '150', '--json');
    const ids = z
      .array(deadLetterSummarySchema)
      .parse(JSON.parse(printed[0] ?? ''))
      .map(({ id }) => id);
    expect(ids).toHaveLength(150);
    expect(ids.at(-1)).toBe('1-49');
    expect(noted.join()).toContain('more than 150');
  });
});

describe('dead-letters show', () => {
  const event = anEvent();
  const view: DeadLetterView = {
    ...aSummary({ events: 3 }),
    firstEvents: [event],
    truncated: true,
    raw: { contentType: 'text/plain', bytes: 7 },
  };

  it('shows the reason, the events and how many more there are', async () => {
    const { run, printed } = createWorld({ getDeadLetter: () => Promise.resolve(view) });
    await run('show', 'letter-1');
    await run('show', 'letter-1', '--json');
    expect(printed[0]).toContain('The store refuses it.');
    expect(printed[0]).toContain(JSON.stringify(event));
    expect(printed[0]).toContain('... and 2 more');
    expect(printed[0]).toContain('7 of text/plain');
    expect(JSON.parse(printed[1] ?? '')).toEqual(view);
  });
});

describe('dead-letters replay', () => {
  it('says what it would do, and does it only with --yes', async () => {
    const asked: unknown[] = [];
    const { run, printed } = createWorld({
      replayDeadLetter(id, options) {
        asked.push([id, options.tenant, options.dryRun]);
        return Promise.resolve(aReport({ dryRun: options.dryRun, replayed: options.dryRun ? 0 : 1 }));
      },
    });
    await run('replay', 'a', 'b', 'a');
    await run('replay', 'a', '--tenant', 'nova', '--yes');
    expect(asked).toEqual([
      ['a', undefined, true],
      ['b', undefined, true],
      ['a', 'nova', false],
    ]);
    expect(printed).toEqual([
      'Would replay 2 of 2 letters, which hold 4 events. Do it with --yes.',
      'Replayed 1 of 1 letters.',
    ]);
  });

  it('goes on with --all until nothing remains, and sums up', async () => {
    const asked: unknown[] = [];
    const { run, printed } = createWorld({
      replayDeadLetters(query) {
        asked.push(query);
        const isFirst = query.cursor === undefined;
        const rest = isFirst ? { next: 'x', remaining: 5 } : { next: null, remaining: 0 };
        return Promise.resolve(aReport({ dryRun: false, letters: 5, replayed: 5, events: 9, ...rest }));
      },
    });
    await run('replay', '--all', '--code', 'row_refused', '--yes', '--json');
    expect(asked).toEqual([
      { code: 'row_refused', dryRun: false },
      { code: 'row_refused', dryRun: false, cursor: 'x' },
    ]);
    expect(JSON.parse(printed[0] ?? '')).toEqual({
      dryRun: false,
      letters: 10,
      events: 18,
      replayed: 10,
      failed: [],
      remaining: 0,
    });
  });

  it.each([null, 'x'])('stops and fails when a call was cut short at %p', async (next) => {
    let calls = 0;
    const { run, printed } = createWorld({
      replayDeadLetters() {
        calls += 1;
        return Promise.resolve(aReport({ dryRun: false, replayed: 1, remaining: 3, next }));
      },
    });
    await expect(run('replay', '--all', '--yes', '--json')).rejects.toMatchObject({
      code: 'replay_incomplete',
    });
    expect(calls).toBe(next === null ? 1 : 2);
    expect(printed.join()).toContain('"remaining":3');
  });

  it('fails when a letter could not be replayed, and names it', async () => {
    const failed = [{ id: 'a', code: 'letter_unreadable', reason: 'No event could be made out.' }];
    const { run, noted } = createWorld({
      replayDeadLetter: (_id, { dryRun }) => Promise.resolve(aReport({ dryRun, failed })),
    });
    await expect(run('replay', 'a', '--yes')).rejects.toMatchObject({ code: 'replay_incomplete' });
    expect(noted).toEqual(['a: letter_unreadable: No event could be made out.']);
    await expect(run('replay', 'a')).resolves.toBeDefined();
  });

  it('tells of the letters that went well when another one is unknown', async () => {
    const unknown = new AppError('dead_letter_unknown', 'No.', { status: 404 });
    const { run, printed } = createWorld({
      replayDeadLetter: (id) =>
        id === 'gone' ? Promise.reject(unknown) : Promise.resolve(aReport({ dryRun: false, replayed: 1 })),
    });
    await expect(run('replay', 'gone', '--yes')).rejects.toBe(unknown);
    await expect(run('replay', 'a', 'gone', '--yes', '--json')).rejects.toMatchObject({
      code: 'replay_incomplete',
    });
    expect(JSON.parse(printed[0] ?? '')).toMatchObject({
      letters: 2,
      replayed: 1,
      failed: [{ id: 'gone', code: 'dead_letter_unknown' }],
    });
  });

  it.each([
    [['replay']],
    [['replay', 'a', '--all']],
    [['replay', 'a', '--code', 'row_refused']],
    [['replay', '--all', '--origin', 'nowhere']],
    [['list', '--limit', '0']],
    [['list', '--state', 'lost']],
    [['show']],
  ])('refuses %p as a way to call it', async (args) => {
    const { run } = createWorld({});
    await expect(run(...args)).rejects.toMatchObject({ name: 'CommanderError', exitCode: 1 });
  });
});
