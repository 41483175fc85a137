import type { RouteProfile } from './catalogue.js';
import { isOutage } from './incidents.js';
import type { Random } from './random.js';
import type { EventData, Recorder } from './recorder.js';

/** The gateway gives up after this long. */
const gatewayTimeoutMs = 30_000;

interface Answer {
  readonly statusCode: number;
  readonly durationMs: number;
}

/** Records one answered request. `who` may be empty: robots and probes have no user. */
export function recordRequest(recorder: Recorder, route: RouteProfile, atMs: number, who: EventData): void {
  const { random } = recorder;
  const answer = isOutage(atMs) ? answerInOutage(random, route) : answerOrdinarily(random, route);
  const isGood = answer.statusCode < 400;
  const bytes = isGood ? random.logNormal(route.responseBytesMedian, 0.5) : 180 + random.between(0, 120);
  recorder.emit('api.request.completed', atMs, {
    ...who,
    method: route.method,
    route: route.route,
    statusCode: answer.statusCode,
    durationMs: roundMs(answer.durationMs),
    responseBytes: Math.round(bytes),
  });
}

function answerOrdinarily(random: Random, route: RouteProfile): Answer {
  const durationMs = Math.min(
    gatewayTimeoutMs,
    random.logNormal(route.durationMsMedian, route.durationSigma),
  );
  const fate = random.next();
  if (fate < route.serverErrorRate) {
    return { statusCode: random.chance(0.7) ? 500 : 502, durationMs: durationMs * 1.8 };
  }
  if (fate < route.serverErrorRate + route.clientErrorRate) {
    return { statusCode: route.clientErrorCode, durationMs: durationMs * 0.35 };
  }
  return { statusCode: route.statusCode, durationMs };
}

/** More than half fail after a long wait, and what works is slow. */
function answerInOutage(random: Random, route: RouteProfile): Answer {
  const durationMs = random.logNormal(route.durationMsMedian * 9 + 1_500, 0.6);
  if (random.chance(0.42))
    return { statusCode: route.statusCode, durationMs: Math.min(gatewayTimeoutMs, durationMs) };
  if (random.chance(0.4)) return { statusCode: 504, durationMs: gatewayTimeoutMs + random.between(2, 40) };
  return {
    statusCode: random.chance(0.8) ? 503 : 500,
    durationMs: Math.min(gatewayTimeoutMs, durationMs * 1.5),
  };
}

/** Tenths of a millisecond, as a gateway logs them. */
export function roundMs(durationMs: number): number {
  return Math.round(durationMs * 10) / 10;
}
