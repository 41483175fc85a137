/** A CloudEvent as a client sends it. */
export interface SeedEvent {
  specversion: '1.0';
  id: string;
  source: string;
  type: string;
  time: string;
  subject?: string;
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

type Draft = Pick<SeedEvent, 'type' | 'data' | 'subject'>;

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

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** Half of the users look at an agent, two of three of those install it; the rest of the story is in their runs. */
const people = teams.flatMap((team) =>
  Array.from({ length: 6 }, (_none, index) => ({ team, userId: `${team}-user-${index}`, index })),
);

interface Timed extends Draft {
  timeMs: number;
}

/** Looks, installs, seats, and the first minutes of an outage: what dashboards beside the overview need. */
function storyEvents(fromMs: number): Timed[] {
  const at = (day: number, hour: number, minute = 0) =>
    fromMs + day * dayMs + hour * hourMs + minute * 60_000;
  const market = people
    .filter(({ index }) => index % 2 === 0)
    .flatMap(({ team, userId, index }): Timed[] => {
      const data = { team, userId, agent: 'planner' };
      const viewed = { type: 'ai.coditect.marketplace.agent.viewed.v1', data, timeMs: at(7, 6, index) };
      const installed = { type: 'ai.coditect.marketplace.agent.installed.v1', data, timeMs: at(7, 7, index) };
      return index === 4 ? [viewed] : [viewed, installed];
    });
  const seats = people.flatMap(({ team, userId }, index): Timed[] => {
    const seat = { subject: `seat-${index}`, data: { team, 'assignee.userId': userId } };
    const assigned = { ...seat, type: 'ai.coditect.licence.seat.assigned.v1', timeMs: at(0, 7, index) };
    const released = { ...seat, type: 'ai.coditect.licence.seat.released.v1', timeMs: at(9, 7, index) };
    return index < 2 ? [assigned, released] : [assigned];
  });
  const bought = {
    subject: 'order-1',
    type: 'ai.coditect.licence.seat.purchased.v1',
    data: { quantity: 20 },
    timeMs: at(0, 6),
  };
  const idle = {
    subject: 'seat-idle',
    type: 'ai.coditect.licence.seat.assigned.v1',
    data: { team: teams[0] ?? '', 'assignee.userId': 'nobody-works' },
    timeMs: at(0, 7),
  };
  const outage = Array.from({ length: 40 }, (_none, index): Timed => ({
    type: 'ai.coditect.api.request.completed.v1',
    data: { method: 'GET', route: '/v1/search', statusCode: index % 2 === 0 ? 503 : 200, durationMs: 900 },
    timeMs: at(9, 5, index / 4),
  }));
  const release = {
    type: 'ai.coditect.agent.run.finished.v1',
    data: {
      team: 'atlas',
      userId: 'atlas-user-0',
      agent: 'planner',
      agentVersion: '2.0',
      model: 'large',
      status: 'succeeded',
      durationMs: 5_000,
    },
    timeMs: at(10, 6),
  };
  return [...market, bought, ...seats, idle, ...outage, release];
}

/** Every event of the suite. */
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
  for (const { timeMs, ...draft } of storyEvents(fromMs)) {
    const time = new Date(timeMs).toISOString();
    events.push({ specversion: '1.0', id: `e2e-${events.length}`, source, time, ...draft });
  }
  return events;
}
