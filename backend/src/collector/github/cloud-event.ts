/// <reference lib="es2024.string" />
import type { KnownEventType } from '@coditect/contracts';
import type { GithubRepository } from './payloads.js';

/** Longest name that a column takes; GitHub allows longer ones in places. */
const nameCharsMax = 256;

/** A fact as the intake takes it. `id` is made of the fact, so that the same one told twice counts once. */
export interface GithubEvent {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: KnownEventType;
  readonly subject: string;
  readonly time: string;
  readonly data: Readonly<Record<string, unknown>>;
}

interface Fact extends Omit<GithubEvent, 'specversion' | 'source'> {
  readonly repository: GithubRepository;
}

/** Puts a fact into its envelope. Names that are longer than a column are cut, because a refusal would help nobody. */
export function toGithubEvent({ repository, data, ...fact }: Fact): GithubEvent {
  const { html_url: source, full_name: name, language } = repository;
  return {
    specversion: '1.0',
    ...fact,
    source,
    data: { repository: toName(name), language: toName(language), ...data },
  };
}

export function toName(text: string | null | undefined): string | undefined {
  return text === null || text === undefined || text === ''
    ? undefined
    : text.slice(0, nameCharsMax).toWellFormed();
}

/** Milliseconds from one time to another; `undefined` where a time is missing or unreadable. Clocks may disagree by moments. */
export function durationBetween(from: string | null | undefined, to: string): number | undefined {
  const duration = Date.parse(to) - Date.parse(from ?? '');
  return Number.isNaN(duration) ? undefined : Math.max(0, duration);
}
