/** A CloudEvent as a client sends it. */
export interface SeedEvent {
  specversion: '1.0';
  id: string;
  source: string;
  type: string;
  time: string;
  data: Record<string, string | number>;
}

/** The fourteen days that have events; the later seven are what the tests look at. */
const seedRange = { from: '2025-03-03T00:00:00.000Z', to: '2025-03-17T00:00:00.000Z' };
export const testRange = { from: '2025-03-10T00:00:00.000Z', to: '2025-03-17T00:00:00.000Z' };

export const teams = ['atlas', 'borealis', 'cumulus'];
const agents = ['planner', 'reviewer', 'test-writer'];
const models = ['large', 'small'];
const routes = ['/v1/agents', '/v1/completions', '/v1/search'];
const source = 'urn:coditect:e2e';

/** A small generator of pseudo-random numbers from 0 to 1: the same seed gives the same events. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface Moment {
  timeMs: number;
  team: string;
  random: () => number;
}

const pick = (values: readonly string[], random: () => number): string =>
  values[Math.floor(random() * values.length)] ?? '';

type Draft = Pick<SeedEvent, 'type' | 'data'>;

function runEvents({ team, random }: Moment): Draft[] {
  const chance = random();
  const data = {
    team,
    userId: `${team}-user-${Math.floor(random() * 6)}`,
    project: `${team}-app`,
    agent: pick(agents, random),
    model: pick(models, random),
  };
  const finished = {
    ...data,
    status: chance < 0.8 ? 'succeeded' : chance < 0.95 ? 'failed' : 'timed_out',
    durationMs: Math.round(1_000 + random() * 60_000),
    tokensInput: Math.round(random() * 20_000),
    tokensOutput: Math.round(random() * 2_000),
    costUsd: Math.round(random() * 40_000) / 100_000,
  };
  return [
    { type: 'ai.coditect.agent.run.started.v1', data },
    { type: 'ai.coditect.agent.run.finished.v1', data: finished },
    {
      type: 'ai.coditect.agent.tool.called.v1',
      data: { ...data, tool: 'shell', status: random() < 0.9 ? 'succeeded' : 'failed' },
    },
  ];
}

function ideEvents({ team, random }: Moment): Draft[] {
  const data = { team, userId: `${team}-user-${Math.floor(random() * 6)}`, language: 'typescript' };
  const answer = random() < 0.35 ? 'accepted' : 'rejected';
  return [
    { type: 'ai.coditect.ide.suggestion.shown.v1', data },
    { type: `ai.coditect.ide.suggestion.${answer}.v1`, data },
  ];
}

function platformEvents({ team, random }: Moment): Draft[] {
  const request = {
    method: 'GET',
    route: pick(routes, random),
    statusCode: random() < 0.97 ? 200 : 500,
    durationMs: Math.round(20 + random() * 400),
  };
  const merged = { type: 'ai.coditect.workflow.change.merged.v1', data: { team, repository: `${team}-app` } };
  return [
    { type: 'ai.coditect.api.request.completed.v1', data: request },
    ...(random() < 0.3 ? [merged] : []),
  ];
}

/** Every event of the suite, in order of time. */
export function seedEvents(): SeedEvent[] {
  const random = createRandom(20_250_303);
  const events: SeedEvent[] = [];
  const fromMs = Date.parse(seedRange.from);
  for (let day = 0; day < 14; day += 1) {
    for (let hour = 8; hour < 18; hour += 1) {
      for (const team of teams) {
        const timeMs = fromMs + (day * 24 + hour) * 3_600_000 + Math.floor(random() * 3_500_000);
        const moment = { timeMs, team, random };
        const drafts = [...runEvents(moment), ...ideEvents(moment), ...platformEvents(moment)];
        drafts.forEach((draft, index) => {
          const time = new Date(timeMs + index * 1_000).toISOString();
          events.push({ specversion: '1.0', id: `e2e-${events.length}`, source, time, ...draft });
        });
      }
    }
  }
  return events;
}
