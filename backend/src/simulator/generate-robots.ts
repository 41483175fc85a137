import { agents, models, routes, unattendedAgents } from './catalogue.js';
import { recordAgentRun, recordRunawayRun } from './generate-agent-run.js';
import { recordRequest } from './generate-api.js';
import { recordNightly } from './generate-workflow.js';
import { isRunawayDay } from './incidents.js';
import type { TenantProfile } from './profile.js';
import type { Random } from './random.js';
import type { EventData, Recorder } from './recorder.js';
import { atLocalMinute, isWeekend, type LocalDay } from './rhythm.js';

const secondMs = 1_000;
const robotRoutes = [
  { route: routes.readRun, weight: 5 },
  { route: routes.webhook, weight: 3 },
  { route: routes.listRuns, weight: 2 },
  { route: routes.search, weight: 1 },
] as const;

/** Records what goes on without people: pipelines that poll, scheduled agents, the nightly regression. */
export function recordRobotDay(recorder: Recorder, profile: TenantProfile, day: LocalDay): void {
  const { random } = recorder;
  for (const atMs of spread(random, day, profile.robotRequestSeconds * secondMs)) {
    recordRequest(recorder, random.pickWeighted(robotRoutes).route, atMs, {});
  }
  for (const atMs of spread(random, day, profile.robotRunSeconds * secondMs)) {
    const { agent } = random.pickWeighted(unattendedAgents);
    const who = place(random, profile);
    recordAgentRun(recorder, { agent, atMs, dayNumber: day.dayNumber, who, kind: 'scheduled' });
  }
  if (!isWeekend(day)) recordNightlies(recorder, profile, day);
}

/** Records the agent that loops all day, on the days on which one does. */
export function recordRunawayDay(recorder: Recorder, profile: TenantProfile, day: LocalDay): void {
  if (!isRunawayDay(profile, day)) return;
  const { random } = recorder;
  const who = place(random, profile);
  for (let run = 0; run < profile.runawayRuns; run += 1) {
    const minute = 6 * 60 + (17 * 60 * (run + random.next())) / profile.runawayRuns;
    const atMs = atLocalMinute(day, minute);
    const plan = { agent: agents.migration, atMs, dayNumber: day.dayNumber, who, kind: 'scheduled' } as const;
    recordRunawayRun(recorder, plan, models.opus);
  }
}

function recordNightlies(recorder: Recorder, profile: TenantProfile, day: LocalDay): void {
  const { random } = recorder;
  for (const team of profile.teams) {
    for (const project of team.projects) {
      for (const repository of project.repositories) {
        const who = { team: team.name, project: project.name, repository: repository.name };
        recordNightly(recorder, atLocalMinute(day, random.between(60, 330)), {
          ...who,
          language: repository.language,
        });
      }
    }
  }
}

/** One instant somewhere in each gap of a day, so that no stretch is silent for longer than two gaps. */
function spread(random: Random, day: LocalDay, gapMs: number): number[] {
  const instants: number[] = [];
  for (let startMs = day.startMs; startMs < day.endMs; startMs += gapMs) {
    const atMs = startMs + random.next() * gapMs;
    if (atMs < day.endMs) instants.push(atMs);
  }
  return instants;
}

function place(random: Random, profile: TenantProfile): EventData {
  const team = random.pickWeighted(profile.teams);
  const project = random.pickWeighted(team.projects);
  const repository = random.pickWeighted(project.repositories);
  return {
    team: team.name,
    project: project.name,
    repository: repository.name,
    language: repository.language,
  };
}
