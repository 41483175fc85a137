import type { Outcome } from '@coditect/contracts';
import { nightlyWorkflow, routes, workflows, type AgentProfile } from './catalogue.js';
import { recordAgentRun } from './generate-agent-run.js';
import { recordRequest, roundMs } from './generate-api.js';
import type { EventData, Recorder } from './recorder.js';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const aiAssistedShare = 0.58;
const revertRate = { ai_assisted: 0.035, human: 0.028 } as const;

export interface WorkflowPlan {
  readonly atMs: number;
  readonly dayNumber: number;
  readonly who: EventData;
  /** Who does the first step; later steps are plain machinery. */
  readonly agent: AgentProfile;
}

interface Workflow {
  readonly name: string;
  readonly steps: readonly string[];
  readonly quality: number;
}

/** Records a workflow that a person starts: an agent's run within it, its steps, and often a merged change. */
export function recordWorkflow(recorder: Recorder, plan: WorkflowPlan): void {
  const { random } = recorder;
  const workflow: Workflow = random.pickWeighted(workflows);
  const who = { ...plan.who, workflow: workflow.name };
  const { userId = '', team = '' } = plan.who;
  recordRequest(recorder, routes.startWorkflow, plan.atMs - random.between(5, 80), { userId, team });
  const run = recordAgentRun(recorder, {
    ...plan,
    atMs: plan.atMs + random.between(400, 4_000),
    who,
    kind: 'workflow',
  });
  const end = recordSteps(recorder, {
    workflow,
    who,
    atMs: plan.atMs,
    firstEndMs: run.endMs + 500,
    first: run.status,
  });
  if (end.status === 'succeeded' && random.chance(0.55)) {
    recordMerge(recorder, {
      atMs: end.endMs + random.logNormal(25 * minuteMs, 0.7),
      who: plan.who,
      agent: plan.agent,
      aiShare: aiAssistedShare + 0.3,
    });
  }
}

/** Records the nightly regression of a repository, which no person starts. */
export function recordNightly(recorder: Recorder, atMs: number, who: EventData): void {
  const firstEndMs = atMs + recorder.random.logNormal(40_000, 0.4);
  recordSteps(recorder, {
    workflow: nightlyWorkflow,
    who: { ...who, workflow: nightlyWorkflow.name },
    atMs,
    firstEndMs,
    first: 'succeeded',
  });
}

export interface MergePlan {
  readonly atMs: number;
  readonly who: EventData;
  /** Who has helped, where anybody has. */
  readonly agent: AgentProfile;
  readonly aiShare?: number;
}

/**
 * Records a merged change and, for a few, the revert that follows within hours. A revert names no person: it is not the
 * author's doing.
 */
export function recordMerge(recorder: Recorder, plan: MergePlan): void {
  const { random } = recorder;
  const { atMs, aiShare = aiAssistedShare } = plan;
  const kind = random.chance(aiShare) ? 'ai_assisted' : 'human';
  const who = kind === 'human' ? plan.who : { ...plan.who, agent: plan.agent.name };
  const subject = recorder.newId('change');
  const openMs = random.logNormal(6 * hourMs, 1.1);
  const linesAdded = Math.round(random.logNormal(46, 1));
  const { sessionId: _session, ...author } = who;
  const { userId: _user, ...code } = author;
  recorder.emit(
    'workflow.change.merged',
    atMs,
    { ...author, kind, durationMs: roundMs(openMs), linesAdded },
    subject,
  );
  recordRequest(recorder, routes.webhook, atMs + random.between(300, 2_500), {});
  if (random.chance(revertRate[kind])) {
    recorder.emit(
      'workflow.change.reverted',
      atMs + random.between(0.3, 9) * hourMs,
      { ...code, kind },
      subject,
    );
  }
}

interface StepsPlan {
  readonly workflow: Workflow;
  readonly who: EventData;
  readonly atMs: number;
  readonly firstEndMs: number;
  readonly first: Outcome;
}

interface StepsResult {
  readonly endMs: number;
  readonly status: Outcome;
}

/** A step that does not succeed ends the workflow with its own status. */
function recordSteps(recorder: Recorder, plan: StepsPlan): StepsResult {
  const { random } = recorder;
  const subject = recorder.newId('workflow');
  const stepQuality = Math.pow(plan.workflow.quality, 1 / plan.workflow.steps.length);
  recorder.emit('workflow.run.started', plan.atMs, plan.who, subject);
  let startMs = plan.atMs;
  let endMs = plan.firstEndMs;
  let status = plan.first;
  for (const [index, step] of plan.workflow.steps.entries()) {
    if (index > 0) {
      startMs = endMs;
      endMs = startMs + random.logNormal(70_000, 0.8);
      status = random.chance(stepQuality) ? 'succeeded' : 'failed';
    }
    const durationMs = roundMs(endMs - startMs);
    recorder.emit('workflow.step.finished', endMs, { ...plan.who, kind: step, status, durationMs }, subject);
    if (status !== 'succeeded') break;
  }
  const durationMs = roundMs(endMs - plan.atMs);
  recorder.emit('workflow.run.finished', endMs + 40, { ...plan.who, status, durationMs }, subject);
  return { endMs, status };
}
