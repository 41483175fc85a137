import type {
  AnnotationsSettings,
  BudgetSettings,
  EventChoice,
  EventsSettings,
  FunnelSettings,
  FunnelStep,
  LifecycleSettings,
  PathsSettings,
  RetentionSettings,
  SeatsSettings,
  SettingsByKind,
} from '../types';
import { analysisIntervals, annotationKinds } from './choices';
import { isRecord, oneOf, readChoice, readCount, readFilters, readRecord, readText } from './read-json';

const dayMs = 86_400_000;

/** What a new query of each kind starts with: the defaults of the service. */
export const defaultSettings = {
  funnel: { filters: [], steps: [{ filters: [] }, { filters: [] }], windowMs: 7 * dayMs, limit: 10 },
  retention: {
    filters: [],
    interval: '1w',
    periods: 8,
    mode: 'nDay',
    cohort: 'firstEver',
    start: { filters: [] },
    returning: { filters: [] },
  },
  lifecycle: { filters: [], interval: '1w' },
  paths: { filters: [], by: 'type', stepsMax: 5, gapMs: 1_800_000, limit: 20 },
  seats: { filters: [], interval: '1d', activeDays: 28 },
  seatTransitions: { filters: [] },
  budget: { filters: [] },
  events: { filters: [], order: 'newestFirst', limit: 100, view: 'logs' },
  annotations: { kind: 'releases', filters: [], errorRate: 0.05, minutes: 5, limit: 200 },
} satisfies SettingsByKind;

type Saved = Record<string, unknown>;

export function readFunnel(saved: Saved): FunnelSettings {
  const preset = defaultSettings.funnel;
  const breakdown = readText(saved['breakdown']);
  const steps = Array.isArray(saved['steps']) ? saved['steps'].map(readStep) : preset.steps;
  return {
    filters: readFilters(saved['filters']),
    steps: steps.map((step) => ({ ...step })),
    windowMs: readCount(saved['windowMs']) ?? preset.windowMs,
    ...(breakdown !== undefined && { breakdown }),
    limit: readCount(saved['limit']) ?? preset.limit,
  };
}

export function readRetention(saved: Saved): RetentionSettings {
  const preset = defaultSettings.retention;
  return {
    filters: readFilters(saved['filters']),
    interval: readChoice(analysisIntervals, saved['interval']) ?? '1w',
    periods: readCount(saved['periods']) ?? preset.periods,
    mode: oneOf(['nDay', 'unbounded'], saved['mode']) ?? 'nDay',
    cohort: oneOf(['firstEver', 'firstInRange'], saved['cohort']) ?? 'firstEver',
    start: readEventChoice(saved['start']),
    returning: readEventChoice(saved['returning']),
  };
}

export function readLifecycle(saved: Saved): LifecycleSettings {
  return {
    filters: readFilters(saved['filters']),
    interval: readChoice(analysisIntervals, saved['interval']) ?? '1w',
  };
}

export function readPaths(saved: Saved): PathsSettings {
  const preset = defaultSettings.paths;
  const startsWith = readText(saved['startsWith']);
  return {
    filters: readFilters(saved['filters']),
    by: readText(saved['by']) ?? preset.by,
    ...(startsWith !== undefined && { startsWith }),
    stepsMax: readCount(saved['stepsMax']) ?? preset.stepsMax,
    gapMs: readCount(saved['gapMs']) ?? preset.gapMs,
    limit: readCount(saved['limit']) ?? preset.limit,
  };
}

export function readSeats(saved: Saved): SeatsSettings {
  return {
    filters: readFilters(saved['filters']),
    interval: readChoice(analysisIntervals, saved['interval']) ?? '1d',
    activeDays: readCount(saved['activeDays']) ?? defaultSettings.seats.activeDays,
  };
}

export function readBudget(saved: Saved): BudgetSettings {
  const budget = readText(saved['budget']);
  return { filters: readFilters(saved['filters']), ...(budget !== undefined && { budget }) };
}

export function readEvents(saved: Saved): EventsSettings {
  const search = readText(saved['search']);
  return {
    filters: readFilters(saved['filters']),
    ...(search !== undefined && { search }),
    order: oneOf(['newestFirst', 'oldestFirst'], saved['order']) ?? 'newestFirst',
    limit: readCount(saved['limit']) ?? defaultSettings.events.limit,
    view: oneOf(['logs', 'table', 'volume'], saved['view']) ?? 'logs',
  };
}

export function readAnnotations(saved: Saved): AnnotationsSettings {
  const preset = defaultSettings.annotations;
  const search = readText(saved['search']);
  const errorRate = saved['errorRate'];
  return {
    kind: oneOf(annotationKinds, saved['kind']) ?? 'releases',
    filters: readFilters(saved['filters']),
    ...(search !== undefined && { search }),
    errorRate: typeof errorRate === 'number' && errorRate >= 0 ? errorRate : preset.errorRate,
    minutes: readCount(saved['minutes']) ?? preset.minutes,
    limit: readCount(saved['limit']) ?? preset.limit,
  };
}

function readStep(saved: unknown): FunnelStep {
  const label = isRecord(saved) ? readText(saved['label']) : undefined;
  return { ...readEventChoice(saved), ...(label !== undefined && { label }) };
}

function readEventChoice(saved: unknown): EventChoice {
  const choice = readRecord(saved);
  const type = readText(choice['type']);
  return { ...(type !== undefined && { type }), filters: readFilters(choice['filters']) };
}
