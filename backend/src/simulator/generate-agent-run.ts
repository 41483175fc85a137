import type { Outcome } from '@coditect/contracts';
import { routes, tools, type AgentProfile, type ModelProfile } from './catalogue.js';
import { recordRequest, roundMs } from './generate-api.js';
import { isOutage } from './incidents.js';
import { fractionOf, type Random } from './random.js';
import type { EventData, Recorder } from './recorder.js';

const millionTokens = 1_000_000;
const releaseDays = 14;
const toolCallsMax = 12;

export interface AgentRunPlan {
  readonly agent: AgentProfile;
  readonly atMs: number;
  /** Number of the local day; agents are released by it. */
  readonly dayNumber: number;
  /** Who and where: userId, sessionId, team, project, repository, language, as far as they apply. */
  readonly who: EventData;
  readonly kind: 'interactive' | 'workflow' | 'scheduled';
}

export interface AgentRunResult {
  readonly endMs: number;
  readonly status: Outcome;
}

/** Records a run: started, its tool calls, finished with tokens and cost, and the API requests around it. */
export function recordAgentRun(recorder: Recorder, plan: AgentRunPlan): AgentRunResult {
  const { random } = recorder;
  const { agent, atMs } = plan;
  const model = random.pickWeighted(agent.models).model;
  const version = agentVersion(agent, plan.dayNumber);
  const status = drawOutcome(random, successRate(agent, version, atMs));
  const durationMs = drawDuration(random, agent, status);
  const speed = durationMs / agent.durationMsMedian;
  const turns = Math.max(1, Math.round(random.logNormal(agent.turnsMedian, 0.4) * Math.sqrt(speed)));
  const run = { ...plan.who, agent: agent.name, agentVersion: version, model: model.name, kind: plan.kind };
  const subject = recorder.newId('run');

  recordRequest(recorder, routes.startRun, atMs - random.between(5, 60), apiCaller(plan.who));
  recorder.emit('agent.run.started', atMs, run, subject);
  recordToolCalls(recorder, {
    run,
    subject,
    atMs,
    durationMs,
    calls: Math.min(toolCallsMax, random.count(turns * 0.33)),
  });
  const endMs = atMs + durationMs;
  const usage = drawUsage(random, model, turns);
  recorder.emit(
    'agent.run.finished',
    endMs,
    { ...run, status, durationMs: roundMs(durationMs), ...usage },
    subject,
  );
  if (random.chance(0.6))
    recordRequest(recorder, routes.readRun, endMs + random.between(40, 900), apiCaller(plan.who));
  return { endMs, status };
}

/** The run of a stuck agent: long and dear, and when it does say that it succeeded, it is started once more. */
export function recordRunawayRun(recorder: Recorder, plan: AgentRunPlan, model: ModelProfile): void {
  const { random } = recorder;
  const { agent, atMs } = plan;
  const version = agentVersion(agent, plan.dayNumber);
  const run = { ...plan.who, agent: agent.name, agentVersion: version, model: model.name, kind: plan.kind };
  const status: Outcome = random.chance(0.5) ? 'succeeded' : 'timed_out';
  const durationMs = agent.timeoutMs * (status === 'timed_out' ? 1 : random.between(0.3, 0.95));
  const subject = recorder.newId('run');
  recorder.emit('agent.run.started', atMs, run, subject);
  recordToolCalls(recorder, { run, subject, atMs, durationMs, calls: 6 });
  const usage = drawUsage(random, model, Math.round(random.between(44, 60)));
  recorder.emit(
    'agent.run.finished',
    atMs + durationMs,
    { ...run, status, durationMs: roundMs(durationMs), ...usage },
    subject,
  );
}

interface ToolCalls {
  readonly run: EventData;
  readonly subject: string;
  readonly atMs: number;
  readonly durationMs: number;
  readonly calls: number;
}

function recordToolCalls(recorder: Recorder, plan: ToolCalls): void {
  const { random } = recorder;
  const step = plan.durationMs / (plan.calls + 1);
  for (let call = 0; call < plan.calls; call += 1) {
    const tool = random.pickWeighted(tools);
    const atMs = plan.atMs + step * (call + random.between(0.15, 1));
    const status: Outcome = random.chance(tool.errorRate) ? 'failed' : 'succeeded';
    const durationMs = roundMs(Math.min(step, random.logNormal(tool.durationMsMedian, 0.8)));
    recorder.emit(
      'agent.tool.called',
      atMs,
      { ...plan.run, tool: tool.name, status, durationMs },
      plan.subject,
    );
  }
}

/** A new patch version every second week; the number starts again after a year or so. */
function agentVersion(agent: AgentProfile, dayNumber: number): string {
  const offset = Math.floor(fractionOf(agent.name) * releaseDays);
  return `${agent.version}.${Math.floor((dayNumber + offset) / releaseDays) % 30}`;
}

/** Releases differ a little, and an outage of the API takes half of the runs with it. */
function successRate(agent: AgentProfile, version: string, atMs: number): number {
  const wobble = (fractionOf(agent.name + version) - 0.5) * 0.03;
  return (agent.quality + wobble) * (isOutage(atMs) ? 0.5 : 1);
}

function drawOutcome(random: Random, rate: number): Outcome {
  if (random.chance(0.03)) return 'cancelled';
  if (random.chance(rate)) return 'succeeded';
  return random.chance(0.8) ? 'failed' : 'timed_out';
}

function drawDuration(random: Random, agent: AgentProfile, status: Outcome): number {
  const drawn = random.logNormal(agent.durationMsMedian, agent.durationSigma);
  if (status === 'timed_out') return agent.timeoutMs;
  const share = status === 'cancelled' ? random.between(0.1, 0.7) : 1;
  return Math.min(agent.timeoutMs - 1_000, drawn) * share;
}

/**
 * Tokens and cost of a run with so many model turns. Each turn reads the conversation so far again, mostly from the
 * cache, so cached tokens grow with the square of the turns. `tokensInput` is what was not cached.
 */
function drawUsage(random: Random, model: ModelProfile, turns: number): Record<string, number> {
  const tokensInput = Math.round(turns * random.logNormal(3_600, 0.35));
  const tokensOutput = Math.round(turns * random.logNormal(820, 0.35));
  const tokensCacheRead = Math.round(turns * (9_000 + turns * random.logNormal(1_300, 0.3)));
  const tokensCacheCreation =
    model.usdCacheCreation > 0 ? Math.round(turns * random.logNormal(1_900, 0.3)) : 0;
  const costUsd =
    (tokensInput * model.usdInput +
      tokensOutput * model.usdOutput +
      tokensCacheRead * model.usdCacheRead +
      tokensCacheCreation * model.usdCacheCreation) /
    millionTokens;
  return {
    tokensInput,
    tokensOutput,
    tokensCacheRead,
    tokensCacheCreation,
    costUsd: Math.round(costUsd * millionTokens) / millionTokens,
  };
}

/** What an API gateway knows of a caller. */
function apiCaller(who: EventData): EventData {
  const { userId, team } = who;
  return { ...(userId !== undefined && { userId }), ...(team !== undefined && { team }) };
}
