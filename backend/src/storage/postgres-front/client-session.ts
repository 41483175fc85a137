import type { Socket } from 'node:net';
import type { Logger } from '../../platform/logger.js';
import { TurnTimeoutError } from './database-turns.js';
import type { EngineLease } from './engine-lease.js';
import { createSessionSettings, type SessionSettings } from './session-settings.js';
import { findRefusal, mayLeaveSetting, toFailure } from './statement-rules.js';
import {
  closeStatement,
  createFrameReader,
  encodeError,
  findStatus,
  findTag,
  query,
  readTexts,
  replaceTexts,
  splitFrames,
  sync,
  type Frame,
  type FrameReader,
} from './wire.js';

export interface ClientSessionOptions {
  readonly id: number;
  readonly socket: Socket;
  readonly lease: EngineLease;
  /** Statements that set what the client asked for when it signed in. */
  readonly settings: readonly string[];
  readonly messageBytesMax: number;
  /** How long a client may hold a transaction and say nothing: nobody else can do anything meanwhile. */
  readonly idleMsMax: number;
  readonly logger: Logger;
}

/** Above this, no more is read from a client until what it has sent is done. */
const queuedFramesMax = 1_000;

/** Answers go out at once, and rows are never taken from a client: flush and the three of COPY mean nothing here. */
const needless = new Set(['H', 'd', 'c', 'f']);

const parts = new Set(['P', 'B', 'D', 'E', 'C', 'S']);

function isPart(frame: Frame | undefined): boolean {
  return frame !== undefined && parts.has(frame.type);
}

function findRefusalOf(frame: Frame): string | undefined {
  return frame.type === 'P' ? findRefusal(readTexts(frame, 2)[1] ?? '') : undefined;
}

/** One message of the extended protocol, for the engine. */
interface Step {
  /** Messages of our own before it, whose answers the client doesn't see. */
  readonly before: readonly Buffer[];
  readonly message: Buffer;
  readonly isSync: boolean;
  readonly after: (frames: readonly Frame[]) => void;
}

function createStep(message: Buffer, after: Step['after'] = () => undefined): Step {
  return { before: [], message, isSync: false, after };
}

/** One client's statements, one frame after the other. */
export class ClientSession {
  private readonly options: ClientSessionOptions;
  private readonly reader: FrameReader;
  private readonly settings: SessionSettings;
  private readonly queue: Frame[] = [];
  /** Text of each prepared statement, by the name that the engine knows. */
  private readonly statements = new Map<string, string>();
  private boundSql = '';
  private lastTag: string | undefined;
  private status = 'I';
  private isSynced = true;
  /** After an error the rest is dropped until the client syncs. */
  private isSkipping = false;
  private isGone = false;
  private working: Promise<void> | undefined;
  private idleTimer: NodeJS.Timeout | undefined;

  constructor(options: ClientSessionOptions) {
    this.options = options;
    this.reader = createFrameReader(options.messageBytesMax);
    this.settings = createSessionSettings(options.settings);
  }

  push(chunk: Buffer): void {
    if (this.isGone) return;
    try {
      this.queue.push(...this.reader.push(chunk));
    } catch (error) {
      this.fail(error);
      return;
    }
    if (this.queue.length > queuedFramesMax) this.options.socket.pause();
    if (this.queue.length > 0) this.working ??= this.workOff();
  }

  /** The client has gone, or must go: what it left open is rolled back. Resolves when the engine is free of it. */
  async leave(farewell?: Buffer): Promise<void> {
    if (this.isGone) return;
    const { lease, logger, socket } = this.options;
    this.isGone = true;
    clearTimeout(this.idleTimer);
    this.queue.length = 0;
    if (farewell === undefined) socket.destroy();
    else socket.end(farewell, () => socket.destroy());
    await this.working;
    try {
      await this.tidyUp();
    } catch (error) {
      logger.warn({ err: error }, 'what a client left behind could not be put away');
    } finally {
      lease.release();
    }
  }

  private async workOff(): Promise<void> {
    const { idleMsMax, lease, socket } = this.options;
    clearTimeout(this.idleTimer);
    try {
      // A frame may have come while the one before was under way.
      for (let frame = this.queue.shift(); frame !== undefined; frame = this.queue.shift()) {
        if (frame.type === 'X') socket.end();
        else await this.handle(frame);
      }
    } catch (error) {
      this.fail(error);
    }
    this.working = undefined;
    if (this.isGone) return;
    socket.resume();
    if (!lease.isHeld) return;
    this.idleTimer = setTimeout(() => {
      const reason = `A transaction was open for ${idleMsMax} ms without a statement while everybody else waits.`;
      void this.leave(encodeError('FATAL', '25P03', reason));
    }, idleMsMax);
  }

  private async handle(frame: Frame): Promise<void> {
    if (needless.has(frame.type) || (this.isSkipping && frame.type !== 'S')) return;
    const { lease } = this.options;
    await lease.hold(this.settings.texts);
    if (frame.type === 'Q') await this.runQuery(frame);
    else if (frame.type === 'F') await this.refuse('calls of functions by the protocol');
    else await this.runParts(frame);
    if (this.isSynced && this.status === 'I') lease.release();
  }

  /** Runs what has come of an extended query in one go; after an error the engine drops the rest by itself. */
  private async runParts(first: Frame): Promise<void> {
    const steps: Step[] = [];
    let refusal: string | undefined;
    for (let frame: Frame | undefined = first; frame !== undefined; frame = this.queue.shift()) {
      refusal = findRefusalOf(frame);
      if (refusal !== undefined) break;
      steps.push(this.prepare(frame));
      if (frame.type === 'S' || !isPart(this.queue[0])) break;
    }
    await this.runSteps(steps);
    if (refusal !== undefined && !this.isSkipping) await this.refuse(refusal);
  }

  private async runSteps(steps: readonly Step[]): Promise<void> {
    if (steps.length === 0) return;
    const { lease, socket } = this.options;
    const answers = await lease.runAll(steps.flatMap(({ before, message }) => [...before, message]));
    let place = 0;
    const shown = steps.map((step) => {
      place += step.before.length + 1;
      return answers[place - 1] ?? Buffer.alloc(0);
    });
    if (!this.isGone) socket.write(Buffer.concat(shown));
    for (const [index, step] of steps.entries()) {
      const frames = splitFrames(shown[index] ?? Buffer.alloc(0));
      this.isSynced = step.isSync;
      if (frames.some((frame) => frame.type === 'E')) this.isSkipping = true;
      step.after(frames);
    }
  }

  private prepare(frame: Frame): Step {
    switch (frame.type) {
      case 'P':
        return this.prepareParse(frame);
      case 'B':
        return this.prepareBind(frame);
      case 'E': {
        const sql = this.boundSql;
        return createStep(frame.bytes, (frames) => {
          this.lastTag = findTag(frames);
          this.settings.note(sql, this.lastTag);
        });
      }
      case 'D':
      case 'C':
        return this.prepareNamed(frame);
      case 'S':
        return {
          ...createStep(sync),
          isSync: true,
          after: (frames) => {
            this.finish(frames);
          },
        };
      default:
        throw new RangeError(`a message of type ${frame.type}`);
    }
  }

  private prepareParse(frame: Frame): Step {
    const [given = '', sql = ''] = readTexts(frame, 2);
    if (mayLeaveSetting(sql)) this.options.lease.markDirty();
    const name = this.nameOf(given);
    // The nameless statement of each client has a name for the engine, which doesn't replace those by itself.
    const before = given === '' && this.statements.has(name) ? [closeStatement(name)] : [];
    this.statements.set(name, sql);
    return { ...createStep(replaceTexts(frame, [name])), before };
  }

  private prepareBind(frame: Frame): Step {
    const [portal = '', given = ''] = readTexts(frame, 2);
    const name = this.nameOf(given);
    this.boundSql = this.statements.get(name) ?? '';
    if (mayLeaveSetting(this.boundSql)) this.options.lease.markDirty();
    return createStep(replaceTexts(frame, [portal, name]));
  }

  /** Describe and Close name a statement or a portal. */
  private prepareNamed(frame: Frame): Step {
    if (frame.bytes.toString('latin1', 5, 6) !== 'S') return createStep(frame.bytes);
    const name = this.nameOf(readTexts(frame, 1, 1)[0] ?? '');
    if (frame.type === 'C') this.statements.delete(name);
    return createStep(replaceTexts(frame, [name], 1));
  }

  private async runQuery(frame: Frame): Promise<void> {
    const [sql = ''] = readTexts(frame, 1);
    if (mayLeaveSetting(sql)) this.options.lease.markDirty();
    const refusal = findRefusal(sql);
    const frames = await this.pass(refusal === undefined ? frame.bytes : query(toFailure(refusal)));
    this.lastTag = findTag(frames);
    this.settings.note(sql, this.lastTag);
    this.finish(frames);
  }

  /** Fails in the engine, so that a transaction fails with it, and says no more until the client syncs. */
  private async refuse(refusal: string): Promise<void> {
    const { lease, socket } = this.options;
    const frames = splitFrames(await lease.run(query(toFailure(refusal))));
    this.status = findStatus(frames) ?? this.status;
    socket.write(Buffer.concat(frames.filter((frame) => frame.type !== 'Z').map((frame) => frame.bytes)));
    this.isSynced = false;
    this.isSkipping = true;
  }

  /** Runs a message and sends its answer on. */
  private async pass(message: Buffer): Promise<readonly Frame[]> {
    const answer = await this.options.lease.run(message);
    if (!this.isGone) this.options.socket.write(answer);
    return splitFrames(answer);
  }

  private finish(frames: readonly Frame[]): void {
    this.status = findStatus(frames) ?? this.status;
    this.isSynced = true;
    this.isSkipping = false;
    if (this.status === 'I') this.settings.settle(this.lastTag);
  }

  /** Statements of all clients stand in one list of the engine. */
  private nameOf(name: string): string {
    return `c${this.options.id}_${name}`;
  }

  private fail(error: unknown): void {
    if (error instanceof TurnTimeoutError)
      void this.leave(encodeError('FATAL', '57P03', 'Another client held the database for too long.'));
    else if (error instanceof RangeError)
      void this.leave(encodeError('FATAL', '08P01', `npm run stores does not take ${error.message}.`));
    else {
      this.options.logger.error({ err: error }, 'the PostgreSQL engine failed');
      void this.leave(encodeError('FATAL', '57P01', 'The engine failed and is opened again.'));
    }
  }

  /** Leaves the engine without a transaction or a statement of this client. */
  private async tidyUp(): Promise<void> {
    const { lease } = this.options;
    if (lease.isHeld) {
      await lease.run(sync);
      await lease.run(query('ROLLBACK'));
    }
    if (this.statements.size === 0) return;
    await lease.hold([]);
    for (const name of this.statements.keys()) await lease.run(closeStatement(name));
    await lease.run(sync);
  }
}
