import type { AnswerCell, AnswerColumn, Notice } from '@coditect/contracts';
import { grafanaUnitOf } from '@coditect/plugins-shared';
import { FieldType, type Field, type FieldConfig, type QueryResultMetaNotice } from '@grafana/data';

const fieldTypes = {
  time: FieldType.time,
  string: FieldType.string,
  number: FieldType.number,
} as const;

/** A column of an answer as a field: times as milliseconds since 1970, units as Grafana calls them. */
export function toField(
  column: AnswerColumn,
  values: readonly AnswerCell[],
  config: FieldConfig = {},
): Field {
  const unit = grafanaUnitOf(column.unit);
  return {
    name: column.name,
    type: fieldTypes[column.type],
    values: column.type === 'time' ? values.map(toMs) : [...values],
    config: { displayNameFromDS: titleOf(column.name), ...(unit !== undefined && { unit }), ...config },
  };
}

/** A column as people call it: `statusCode` is "Status code". Names that somebody chose stay as they are. */
export function titleOf(name: string): string {
  if (!/^[a-z]+(?:[A-Z][a-z]*)*$/u.test(name)) {
    return name;
  }
  const words = name.split(/(?=[A-Z])/u).map((word) => word.toLowerCase());
  const text = words.map((word) => (word === 'id' ? 'ID' : word)).join(' ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

export function toMs(cell: AnswerCell): number | null {
  const time = cell === null ? Number.NaN : new Date(cell).getTime();
  return Number.isNaN(time) ? null : time;
}

/** The service's notices, then our own warnings and hints; nothing when there are none. */
export function toNotices(
  notices: readonly Notice[],
  sentences: readonly string[],
  hints: readonly string[] = [],
): { notices?: QueryResultMetaNotice[] } {
  const all: QueryResultMetaNotice[] = [
    ...notices.map(({ severity, text }) => ({ severity, text })),
    ...sentences.map((text) => ({ severity: 'warning' as const, text })),
    ...hints.map((text) => ({ severity: 'info' as const, text })),
  ];
  return all.length > 0 ? { notices: all } : {};
}

/** What the query inspector shows as the query. */
export function executedQuery(path: string, question: unknown): { executedQueryString: string } {
  return { executedQueryString: `POST /v1/${path}\n${JSON.stringify(question, null, 2)}` };
}
