import type { Config } from '../../platform/config.js';
import type { Telemetry } from '../../platform/telemetry.js';
import type { MetricsAnswers } from '../metrics-answers.js';
import { createLiveQuestions } from './live-questions.js';
import { createLiveStreams, type LiveStreams } from './live-streams.js';

export interface LivePartsOptions {
  readonly answers: Pick<MetricsAnswers, 'answerNow'>;
  readonly config: Pick<
    Config['metrics'],
    'liveStreamsMax' | 'liveStreamsPerTenantMax' | 'liveQuestionsPerTenantMax'
  >;
  readonly telemetry: Telemetry;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly beatMs?: number | undefined;
}

/** Proxies give up on a connection that says nothing for half a minute or a minute. */
const usualBeatMs = 15_000;

/** Answers that are told as they change. */
export function createLiveParts({ answers, config, telemetry, ...options }: LivePartsOptions): LiveStreams {
  return createLiveStreams({
    questions: createLiveQuestions({
      ask: (tenant, query, signal) => answers.answerNow(tenant, query, signal),
      perTenantMax: config.liveQuestionsPerTenantMax,
      now: options.now,
      observe: (questions) => {
        telemetry.liveQuestions.set(questions);
      },
    }),
    streamsMax: config.liveStreamsMax,
    streamsPerTenantMax: config.liveStreamsPerTenantMax,
    beatMs: options.beatMs ?? usualBeatMs,
    observe: (streams) => {
      telemetry.liveStreams.set(streams);
    },
    onDropped: () => {
      telemetry.dropped.inc({ component: 'metrics-service', reason: 'live_client_slow' });
    },
  });
}
