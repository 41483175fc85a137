import type { KpiFrameMeta, KpiTarget, KpiTotal } from '@coditect/plugins-shared';
import { timeText, type Explanation } from '@coditect/plugins-shared/panel';
import type { TimeZone } from '@grafana/data';
import type { Delta } from './delta';
import type { Concern } from './quality';
import type { TargetProgress } from './target';

/** What the definition tooltip says. */
export type KpiExplanation = Omit<Explanation, 'completeness'>;

/** @param note how the value was made when it is not the service's own total */
export function explain(
  meta: KpiFrameMeta,
  note: string | undefined,
  concerns: readonly Concern[],
  timeZone: TimeZone,
): KpiExplanation {
  const time = (iso: string) => timeText(iso, timeZone);
  const { comparedTo } = meta;
  const fraction = describeFraction(meta.total);
  const lines = [
    ...concerns.map(({ text }) => ({ label: 'Take care', text })),
    fraction === undefined ? undefined : { label: 'Made of', text: fraction },
    note === undefined ? undefined : { label: 'Value', text: note },
    comparedTo
      ? { label: 'Compared to', text: `${time(comparedTo.from)} to ${time(comparedTo.to)}` }
      : undefined,
    meta.target ? { label: 'Target', text: describeTarget(meta.target) } : undefined,
    meta.interval === undefined ? undefined : { label: 'Interval', text: meta.interval },
    meta.formula === undefined ? undefined : { label: 'Formula', text: meta.formula },
    meta.owner === undefined ? undefined : { label: 'Owner', text: meta.owner },
    { label: 'As of', text: time(meta.asOf) },
    { label: 'Complete until', text: time(meta.completeUntil) },
    meta.source.length > 0 ? { label: 'Source', text: meta.source.join(', ') } : undefined,
  ];
  return {
    title: meta.title,
    definition: meta.definition,
    lines: lines.filter((line) => line !== undefined),
  };
}

/** The whole item in words, for those who hear it. */
export function speak(item: {
  title: string;
  value: string;
  delta: Delta | undefined;
  deltaLabel: string;
  target: TargetProgress | undefined;
  status: string | undefined;
  concerns: readonly Concern[];
}): string {
  const { title, value, delta, deltaLabel, target, status, concerns } = item;
  const judged =
    delta && delta.judgement !== 'neutral' ? `, ${delta.judgement === 'good' ? 'better' : 'worse'}` : '';
  return [
    title === '' ? value : `${title}: ${value}`,
    status,
    delta && `${delta.text} ${deltaLabel}${judged}`,
    target && [target.text, target.verdict, target.pace?.text].filter(Boolean).join(', '),
    ...concerns.map(({ text }) => text.replace(/\.$/u, '')),
  ]
    .filter((part) => part !== undefined)
    .join('; ');
}

function describeTarget({ name, from, by }: KpiTarget): string {
  return [name, from && `from ${from}`, by && `by ${by}`].filter(Boolean).join(' ');
}

function describeFraction(total: KpiTotal | undefined): string | undefined {
  const { numerator, denominator } = total ?? {};
  return typeof numerator === 'number' && typeof denominator === 'number'
    ? `${number(numerator)} of ${number(denominator)}`
    : undefined;
}

function number(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 2 });
}
