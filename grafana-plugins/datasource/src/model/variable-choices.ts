import type { KpiDescription } from '@coditect/contracts';
import { FieldType, type DataFrame } from '@grafana/data';

/** One choice of a dashboard variable: what is shown, and what is put in. */
export interface Choice {
  text: string;
  value: string;
}

/** KPIs of these families, or all that there are. */
export function kpiChoices(kpis: readonly KpiDescription[], families: readonly string[]): Choice[] {
  return kpis
    .filter(({ family }) => families.length === 0 || families.includes(family))
    .map(({ id, title }) => ({ text: title, value: id }));
}

/** The dimensions that any of these KPIs has, or all that there are. */
export function dimensionChoices(kpis: readonly KpiDescription[], metrics: readonly string[]): Choice[] {
  const asked = metrics.length === 0 ? kpis : kpis.filter(({ id }) => metrics.includes(id));
  return [...new Set(asked.flatMap(({ dimensions }) => dimensions))].sort().map(sameText);
}

/**
 * Values that an expression lets through. A group named `text` or `value` says what is shown or put in; else the first
 * group is both.
 *
 * @throws Error when it is no expression
 */
export function matchingChoices(values: readonly string[], regex: string): Choice[] {
  if (regex === '') {
    return values.map(sameText);
  }
  const expression = toExpression(regex);
  const choices = values.flatMap((value) => {
    const match = expression.exec(value);
    if (match === null) {
      return [];
    }
    const only = match[1] ?? value;
    return [{ text: match.groups?.['text'] ?? only, value: match.groups?.['value'] ?? only }];
  });
  return [...new Map(choices.map((choice) => [choice.value, choice])).values()];
}

export function toChoiceFrame(choices: readonly Choice[], refId: string): DataFrame {
  return {
    refId,
    fields: [
      { name: 'text', type: FieldType.string, config: {}, values: choices.map(({ text }) => text) },
      { name: 'value', type: FieldType.string, config: {}, values: choices.map(({ value }) => value) },
    ],
    length: choices.length,
  };
}

/**
 * Written bare, or between slashes with flags as Grafana's own variables have it.
 *
 * @throws Error when it is no expression
 */
export function toExpression(regex: string): RegExp {
  const slashed = /^\/(.*)\/([imsu]*)$/su.exec(regex);
  try {
    return slashed ? new RegExp(slashed[1] ?? '', slashed[2]) : new RegExp(regex);
  } catch {
    throw new Error(`"${regex}" is not a regular expression.`);
  }
}

function sameText(value: string): Choice {
  return { text: value, value };
}
