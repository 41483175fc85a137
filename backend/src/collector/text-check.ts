/// <reference lib="es2024.string" />
import { refuse, type Checked, type Rejection } from './candidate.js';

const NUL = '\0';

/**
 * Why a text can't be kept, if so. NUL bytes and lone surrogates are refused rather than mended: stores and
 * languages disagree about them, so that two of them would count the same text apart.
 */
export function findTextFault(text: string, pointer: string): Rejection | undefined {
  if (text.includes(NUL))
    return { code: 'text_has_nul', pointer, reason: 'A text must not hold a NUL character.' };
  if (!text.isWellFormed()) {
    const reason = 'A text must be Unicode, without lone surrogates.';
    return { code: 'text_not_unicode', pointer, reason };
  }
  return undefined;
}

export interface RequiredText {
  readonly name: string;
  readonly charsMax: number;
}

/** A text that must be there and not be empty. `null` counts as absent, as CloudEvents has it. */
export function checkRequiredText(value: unknown, rule: RequiredText): Checked<string> {
  if (value === undefined || value === null) {
    return refuse(`${rule.name}_missing`, `/${rule.name}`, `An event needs "${rule.name}".`);
  }
  return checkText(value, rule);
}

/** A text that is there. Codes are `<name>_invalid`, `text_too_long`, `text_has_nul`, `text_not_unicode`. */
export function checkText(value: unknown, rule: RequiredText): Checked<string> {
  const pointer = `/${rule.name}`;
  if (typeof value !== 'string' || value === '') {
    return refuse(`${rule.name}_invalid`, pointer, `"${rule.name}" must be a text that is not empty.`);
  }
  if (value.length > rule.charsMax) {
    return refuse('text_too_long', pointer, `"${rule.name}" is longer than ${rule.charsMax} characters.`);
  }
  const rejection = findTextFault(value, pointer);
  return rejection === undefined ? { ok: true, value } : { ok: false, rejection };
}
