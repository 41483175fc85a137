import type { LiveQuery } from '@coditect/contracts';
import type { Response } from 'express';
import { AppError, toErrorBody } from '../../platform/errors.js';
import type { Tenant } from '../../platform/tenancy.js';
import { createEventStream, type EventStream } from './event-stream.js';
import type { LiveQuestions } from './live-questions.js';

export interface LiveStreamsOptions {
  readonly questions: LiveQuestions;
  /** Most streams at once, of everybody and of one tenant. */
  readonly streamsMax: number;
  readonly streamsPerTenantMax: number;
  /** Time between two signs of life; whoever listens is looked at as often. */
  readonly beatMs: number;
  /** How many streams there are now. */
  readonly observe?: (streams: number) => void;
  /** A client read nothing for two beats. */
  readonly onDropped?: () => void;
}

export interface StreamRequest {
  readonly tenant: Tenant;
  readonly question: LiveQuery;
  /** Rejects with 401 or 403 when whoever asked may do so no more: then the stream ends. */
  readonly checkAllowed: () => Promise<void>;
  readonly response: Response;
}

export interface LiveStreams {
  /** Resolves when the stream has begun. Rejects with what refuses it, before anything is sent. */
  open(request: StreamRequest): Promise<void>;
  /** Tells every client to come again elsewhere, and resolves when their streams are over. */
  close(): Promise<void>;
}

interface OpenStream {
  readonly request: StreamRequest;
  readonly stream: EventStream;
}

/** A client that does not read the end of its stream is not waited for. */
const endPatienceMs = 1_000;

/** Answers that are told as they change, over HTTP. */
export function createLiveStreams(options: LiveStreamsOptions): LiveStreams {
  const streams = new Set<OpenStream>();
  const taken = new Map<string, number>();
  let isClosing = false;
  let takenByAll = 0;
  const beat = setInterval(() => {
    for (const open of [...streams]) void checkListener(open);
  }, options.beatMs);
  beat.unref();

  /** Counts the stream until its response is closed. */
  function takePlace({ tenant, response }: StreamRequest): void {
    const { streamsMax, streamsPerTenantMax } = options;
    const ofTenant = taken.get(tenant.id) ?? 0;
    if (takenByAll >= streamsMax) throw tooMany('Too many live answers are listened to.', streamsMax);
    if (ofTenant >= streamsPerTenantMax) {
      throw tooMany('This tenant listens to as many live answers as it may.', streamsPerTenantMax);
    }
    takenByAll += 1;
    taken.set(tenant.id, ofTenant + 1);
    options.observe?.(takenByAll);
    response.once('close', () => {
      takenByAll -= 1;
      const left = (taken.get(tenant.id) ?? 1) - 1;
      if (left === 0) taken.delete(tenant.id);
      else taken.set(tenant.id, left);
      options.observe?.(takenByAll);
    });
  }

  return {
    async open(request) {
      if (isClosing) throw closing();
      const { response, tenant, question } = request;
      // One that is closed already would never give its place back.
      if (response.destroyed) return;
      takePlace(request);
      const stream = createEventStream(response, () => options.onDropped?.());
      const listener = {
        onAnswer: (text: string) => {
          stream.send('answer', text);
        },
        onRefused: (error: unknown, isFinal: boolean) => {
          sendRefusal(stream, error, isFinal);
        },
      };
      // A stream is only over when its client is gone, or when it was ended: either closes the response.
      const over = new AbortController();
      response.once('close', () => {
        over.abort();
      });
      await options.questions.listen(tenant, question, listener, over.signal);
      if (over.signal.aborted) return;
      const open = { request, stream };
      streams.add(open);
      response.once('close', () => {
        streams.delete(open);
      });
      if (isClosing) sendRefusal(stream, closing(), true);
    },
    async close() {
      isClosing = true;
      clearInterval(beat);
      await Promise.all([...streams].map(endStream));
    },
  };
}

async function checkListener({ request, stream }: OpenStream): Promise<void> {
  try {
    await request.checkAllowed();
  } catch (error) {
    // A store of keys or roles that does not answer now is no reason to end what was allowed.
    if (error instanceof AppError && (error.status === 401 || error.status === 403)) {
      sendRefusal(stream, error, true);
      return;
    }
  }
  stream.beat();
}

async function endStream({ request: { response }, stream }: OpenStream): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    response.once('close', resolve);
  });
  sendRefusal(stream, closing(), true);
  const giveUp = setTimeout(() => {
    response.destroy();
  }, endPatienceMs);
  await closed;
  clearTimeout(giveUp);
}

function sendRefusal(stream: EventStream, error: unknown, isFinal: boolean): void {
  const data = JSON.stringify(toErrorBody(error).body);
  if (isFinal) stream.end('refused', data);
  else stream.send('refused', data);
}

function tooMany(reason: string, limit: number): AppError {
  return new AppError('too_many_streams', `${reason} Close one, or come back later.`, {
    status: 429,
    retryable: true,
    limit,
    retryAfterSeconds: 10,
  });
}

function closing(): AppError {
  const reason = 'This service stops. Another one, or the same, answers in a moment.';
  return new AppError('service_closing', reason, { status: 503, retryable: true, retryAfterSeconds: 1 });
}
