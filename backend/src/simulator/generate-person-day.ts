import { interactiveAgents, marketplaceAgents, models, routes } from './catalogue.js';
import { recordAgentRun } from './generate-agent-run.js';
import { recordRequest } from './generate-api.js';
import { recordMerge, recordWorkflow } from './generate-workflow.js';
import type { Seat } from './population.js';
import type { Random } from './random.js';
import type { EventData, Recorder } from './recorder.js';
import { acceptanceAfter, atLocalMinute, weekdayFactor, workMinute, type LocalDay } from './rhythm.js';

const minuteMs = 60_000;
const sessionMinutesMax = 150;
/** Suggestions that get an answer. Fixed, so that better acceptance does not shift the ids of what follows. */
const decidedShare = 0.78;
const commands = [
  'explain_selection',
  'generate_tests',
  'fix_diagnostics',
  'open_chat',
  'rename_symbol',
] as const;
const suggestionModels = [
  { model: models.haiku, weight: 5 },
  { model: models.gpt5Mini, weight: 4 },
] as const;

export interface PersonDay {
  readonly seat: Seat;
  readonly userId: string;
  readonly day: LocalDay;
  /** Number of the local day on which the roll-out began. */
  readonly openingDay: number;
}

interface Session {
  readonly startMs: number;
  readonly endMs: number;
  /** userId and team: what every event of the person carries. */
  readonly person: EventData;
  /** person, sessionId, project, repository, language. */
  readonly who: EventData;
  readonly plan: PersonDay;
}

/** Records what one person does on one day: nothing at all, or a few sessions in the IDE and what happens in them. */
export function recordPersonDay(recorder: Recorder, plan: PersonDay): void {
  const { random } = recorder;
  if (!random.chance(plan.seat.presence * weekdayFactor(plan.day))) return;
  const count = 1 + Math.min(4, random.count(0.55 + 0.55 * plan.seat.intensity));
  const starts = Array.from({ length: count }, () => atLocalMinute(plan.day, workMinute(random.next())));
  starts.sort((left, right) => left - right);
  for (const [index, startMs] of starts.entries()) {
    const nextMs = starts[index + 1] ?? plan.day.endMs + 60 * minuteMs;
    const lengthMs = Math.min(sessionMinutesMax, random.logNormal(24, 0.7)) * minuteMs;
    const endMs = Math.min(startMs + lengthMs, nextMs - minuteMs);
    // Two starts within two minutes are one sitting at the desk.
    if (endMs - startMs >= minuteMs) recordSession(recorder, plan, startMs, endMs);
  }
  if (random.chance(0.11)) recordMarketplaceVisit(recorder, plan);
}

function recordSession(recorder: Recorder, plan: PersonDay, startMs: number, endMs: number): void {
  const session: Session = { plan, startMs, endMs, ...identify(recorder, plan) };
  const { seat } = plan;
  const { random } = recorder;
  const share = seat.intensity / (1 + 0.45 * seat.intensity);
  recorder.emit('ide.session.started', startMs, session.who);
  recordRequest(recorder, routes.openSession, startMs + random.between(80, 900), session.person);
  recordRequest(recorder, routes.profile, startMs + random.between(900, 2_000), session.person);
  repeat(random.count(9.2 * share), () => {
    recordSuggestion(recorder, session);
  });
  repeat(random.count(1.2 * share), () => {
    const at = momentIn(random, session, 0.98);
    recorder.emit('ide.command.executed', at, { ...session.who, kind: random.pick(commands) });
    recordRequest(recorder, random.chance(0.7) ? routes.search : routes.listRuns, at + 120, session.person);
  });
  repeat(random.count(1.15 * share), () => {
    const agent = random.pickWeighted(interactiveAgents);
    const atMs = momentIn(random, session, 0.8);
    recordAgentRun(recorder, {
      agent,
      atMs,
      dayNumber: plan.day.dayNumber,
      who: session.who,
      kind: 'interactive',
    });
  });
  recordDelivery(recorder, session, share);
  recorder.emit('ide.session.ended', endMs, { ...session.who, durationMs: Math.round(endMs - startMs) });
}

/** What leaves the desk: workflows, changes, and now and then a look at the figures. */
function recordDelivery(recorder: Recorder, session: Session, share: number): void {
  const { random } = recorder;
  const { dayNumber } = session.plan.day;
  repeat(random.count(0.13 * share), () => {
    const agent = random.pickWeighted(interactiveAgents);
    recordWorkflow(recorder, { agent, atMs: momentIn(random, session, 0.7), dayNumber, who: session.who });
  });
  repeat(random.count(0.3 * share), () => {
    const agent = random.pickWeighted(interactiveAgents);
    recordMerge(recorder, { agent, atMs: momentIn(random, session, 0.95), who: session.who });
  });
  if (random.chance(0.03)) {
    recordRequest(recorder, routes.export, momentIn(random, session, 0.9), session.person);
  }
}

function identify(recorder: Recorder, plan: PersonDay): { person: EventData; who: EventData } {
  const { random } = recorder;
  const { seat } = plan;
  const project = random.chance(0.8) ? seat.homeProject : random.pickWeighted(seat.team.projects);
  const repository = random.pickWeighted(project.repositories);
  const person = { userId: plan.userId, team: seat.team.name };
  return {
    person,
    who: {
      ...person,
      sessionId: recorder.newId('session'),
      project: project.name,
      repository: repository.name,
      language: repository.language,
    },
  };
}

/** A suggestion is shown; it is taken, turned down, or typed over and forgotten. */
function recordSuggestion(recorder: Recorder, session: Session): void {
  const { random } = recorder;
  const atMs = momentIn(random, session, 0.97);
  const kind = random.chance(0.72) ? 'completion' : 'next_edit';
  const what = { ...session.who, model: random.pickWeighted(suggestionModels).model.name, kind };
  const subject = recorder.newId('suggestion');
  const acceptance = acceptanceAfter(session.plan.day.dayNumber - session.plan.openingDay);
  const fate = random.next();
  const decidedMs = atMs + Math.min(session.endMs - atMs, random.logNormal(1_900, 0.6));
  recorder.emit(
    'ide.suggestion.shown',
    atMs,
    { ...what, durationMs: Math.round(random.logNormal(390, 0.4)) },
    subject,
  );
  if (fate < acceptance) recorder.emit('ide.suggestion.accepted', decidedMs, what, subject);
  else if (fate < decidedShare) recorder.emit('ide.suggestion.rejected', decidedMs, what, subject);
  if (random.chance(0.5)) recordRequest(recorder, routes.completion, atMs - 1, session.person);
}

/** Some who look install, some who installed rate, and a few clean up. */
function recordMarketplaceVisit(recorder: Recorder, plan: PersonDay): void {
  const { random } = recorder;
  const person = { userId: plan.userId, team: plan.seat.team.name };
  let atMs = atLocalMinute(plan.day, workMinute(random.next()));
  recordRequest(recorder, routes.marketplace, atMs, person);
  repeat(1 + random.count(1.2), () => {
    const about = { ...person, agent: random.pickWeighted(marketplaceAgents).name };
    atMs += random.between(4_000, 50_000);
    recorder.emit('marketplace.agent.viewed', atMs, about);
    const fate = random.next();
    if (fate < 0.2) {
      recordRequest(recorder, routes.install, atMs + 9_000, person);
      recorder.emit('marketplace.agent.installed', atMs + 9_400, about);
    } else if (fate < 0.24) {
      recorder.emit('marketplace.agent.uninstalled', atMs + 7_000, about);
    } else if (fate < 0.3) {
      const rating = Math.max(1, Math.min(5, Math.round(random.between(2.4, 5.6))));
      recorder.emit('marketplace.agent.rated', atMs + 20_000, { ...about, rating });
    }
  });
}

function momentIn(random: Random, session: Session, upTo: number): number {
  return session.startMs + 2_500 + (session.endMs - session.startMs - 2_500) * random.between(0, upTo);
}

function repeat(times: number, act: () => void): void {
  for (let round = 0; round < times; round += 1) act();
}
