import type { KpiDimension } from './kpi.js';

/** Whom an event belongs to. */
const place = ['team', 'project', 'repository'] as const;

/** Grouping and filtering that active users allow: what a day of a user is stored by. */
export const userDimensions = ['team', 'project', 'domain'] as const satisfies readonly KpiDimension[];

/** What a ratio to users allows: whom both its sides belong to. */
export const perUserDimensions = ['team', 'project'] as const satisfies readonly KpiDimension[];

export const usageDimensions = [...place, 'language', 'kind'] as const satisfies readonly KpiDimension[];

export const promptDimensions = [
  ...place,
  'agent',
  'model',
  'language',
  'kind',
] as const satisfies readonly KpiDimension[];

export const agentDimensions = [
  ...place,
  'agent',
  'agentVersion',
  'model',
  'workflow',
  'status',
  'kind',
  'language',
] as const satisfies readonly KpiDimension[];

/** An agent's outcome is what the ratio is about, so it can't be split by it. */
export const agentOutcomeDimensions = agentDimensions.filter((name) => name !== 'status');

export const toolDimensions = [...agentOutcomeDimensions, 'tool'] as const satisfies readonly KpiDimension[];

export const toolCallDimensions = [...agentDimensions, 'tool'] as const satisfies readonly KpiDimension[];

export const consumptionDimensions = [
  ...place,
  'agent',
  'agentVersion',
  'model',
  'workflow',
  'type',
  'kind',
  'language',
] as const satisfies readonly KpiDimension[];

export const suggestionDimensions = [
  ...place,
  'language',
  'model',
  'agent',
  'kind',
] as const satisfies readonly KpiDimension[];

export const apiDimensions = [
  'route',
  'method',
  'statusCode',
  ...place,
] as const satisfies readonly KpiDimension[];

export const apiOutcomeDimensions = apiDimensions.filter((name) => name !== 'statusCode');

export const changeDimensions = [
  ...place,
  'agent',
  'workflow',
  'language',
  'kind',
] as const satisfies readonly KpiDimension[];

/** Whether an agent took part is what the ratio is about, so it can't be split by it. */
export const changeShareDimensions = changeDimensions.filter((name) => name !== 'agent');

export const workflowDimensions = [
  ...place,
  'workflow',
  'status',
  'agent',
  'language',
  'kind',
] as const satisfies readonly KpiDimension[];
export const workflowOutcomeDimensions = workflowDimensions.filter((name) => name !== 'status');

export const marketplaceDimensions = [
  ...place,
  'agent',
  'agentVersion',
  'kind',
] as const satisfies readonly KpiDimension[];

export const anyDimensions = [
  'domain',
  'type',
  'status',
  ...place,
  'agent',
  'agentVersion',
  'model',
  'workflow',
  'tool',
  'language',
  'kind',
] as const satisfies readonly KpiDimension[];
