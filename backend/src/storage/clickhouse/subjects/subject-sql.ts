import { erasedText } from '../../../platform/subjects.js';
import type { SubjectTable, TextOfTable } from './subject-tables.js';

/**
 * SQL about the person in hand. The name is in a table in memory and in no statement: a mutation's text stays in a file of its
 * table, and a server logs what it is asked.
 */
export interface SubjectSql {
  /** Rows of the tenant that name the person in one of these texts. */
  names(texts: readonly TextOfTable[]): string;
  /** Rows of the tenant that have anything of the person. */
  holds(table: SubjectTable): string;
  readonly isTenants: string;
  readonly isUsers: string;
  readonly isUserKeys: string;
  /** The text with something else in place of the person. */
  without(text: TextOfTable): string;
}

export function writeSubjectSql(inHand: string): SubjectSql {
  const valueOf = (column: string): string => `(SELECT ${column} FROM ${inHand})`;
  const pseudonym = valueOf('pseudonym');
  const id = valueOf('id');
  const isTenants = `tenant_id = ${valueOf('tenant_id')}`;
  const isUserKeys = `user_key = sipHash64(${pseudonym})`;
  // An id as producers send it is found as a whole value, and not among dimensions, whose values are words.
  const isId = (text: string): string => `(${id} != '' AND ${text} = ${id})`;
  const namesOne = ({ name, type }: TextOfTable): string => {
    if (type === 'dimension') return `position(${name}, ${pseudonym}) > 0`;
    if (type === 'text') return `(position(${name}, ${pseudonym}) > 0 OR ${isId(name)})`;
    return `arrayExists(text -> position(text, ${pseudonym}) > 0 OR ${isId('text')}, arrayConcat(arrayMap(key -> toString(key), mapKeys(${name})), mapValues(${name})))`;
  };
  const names = (texts: readonly TextOfTable[]): string =>
    `${isTenants} AND (${texts.length === 0 ? '0' : texts.map(namesOne).join(' OR ')})`;
  const replaced = (text: string): string =>
    `if(${isId(text)}, '${erasedText}', replaceAll(${text}, ${pseudonym}, '${erasedText}'))`;
  return {
    names,
    isTenants,
    isUserKeys: `${isTenants} AND ${isUserKeys}`,
    isUsers: `${isTenants} AND user_id = ${pseudonym}`,
    holds({ keyTexts, texts, userKey }) {
      const named = names([...keyTexts, ...texts]);
      return userKey !== undefined ? `(${named}) OR (${isTenants} AND ${isUserKeys})` : named;
    },
    without({ name, type }) {
      // A seat stays one seat, whoever has it.
      if (name === 'seat') return `if(${namesOne({ name, type })}, ${valueOf('seat')}, ${name})`;
      if (type === 'dimension') return `replaceAll(${name}, ${pseudonym}, '${erasedText}')`;
      if (type === 'text') return replaced(name);
      return `CAST((arrayMap(key -> ${replaced('key')}, arrayMap(key -> toString(key), mapKeys(${name}))), arrayMap(value -> ${replaced('value')}, mapValues(${name}))), 'Map(LowCardinality(String), String)')`;
    },
  };
}
