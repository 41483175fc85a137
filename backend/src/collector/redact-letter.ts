import type { DeadLetter } from '../platform/dead-letters.js';
import { maskText, noRedaction, type Redaction } from '../platform/redaction.js';
import { createFieldTreatments, type FieldTreatment } from './personal-fields.js';
import { createPseudonyms, pseudonymiseOnce, type Pseudonymise } from './pseudonyms.js';
import { redactJson, type HideText } from './redact-json.js';

interface LetterRedaction {
  readonly rules: Redaction;
  readonly pseudonymise: Pseudonymise;
  readonly treatmentOf: (name: string) => FieldTreatment;
}

export type RedactLetter = (letter: DeadLetter) => Promise<DeadLetter>;

/** Bytes that are no tenant's have no rules. */
export function createLetterRedaction(options: {
  readonly getUserSalt: (tenantId: string) => Promise<string>;
  readonly getRedaction: (tenantId: string) => Promise<Redaction>;
}): RedactLetter {
  const pseudonymsOf = createPseudonyms();
  const treatmentOf = createFieldTreatments();
  return async (letter) => {
    const tenantId = letter.raw?.tenantId;
    const rules = tenantId === undefined ? noRedaction : await options.getRedaction(tenantId);
    const salt = tenantId === undefined ? '' : await options.getUserSalt(tenantId);
    return redactRaw(letter, { rules, treatmentOf, pseudonymise: pseudonymsOf(salt) });
  };
}

/** Members that tell one event from another: with a word for all in their place, a replay would store one of many. */
const identity: ReadonlySet<string> = new Set(['id', 'source']);
const kept: ReadonlySet<string> = new Set(['specversion', 'type', 'time', 'datacontenttype']);

/**
 * The bytes of a producer as they may be kept until somebody feeds them through again: without content, and as the rules of the
 * tenant say. Who the user is stays: the door makes the pseudonym of that. Where there are rules, bytes that can't be read are not
 * kept at all. What was looked through is JSON, and stays of the same media type.
 */
function redactRaw(letter: DeadLetter, redaction: LetterRedaction): DeadLetter {
  const { raw } = letter;
  if (raw === undefined || raw.body.length === 0) return letter;
  const body = redactBody(raw.body, redaction);
  if (body !== undefined) return body === raw.body ? letter : { ...letter, raw: { ...raw, body } };
  if (!redaction.rules.hasRules) return letter;
  const reason = `${letter.reason} Its bytes can't be read, and the tenant has rules of redaction: they are not kept.`;
  return { ...letter, reason, raw: { ...raw, body: Buffer.alloc(0) } };
}

/** `undefined` for bytes that are no JSON, nor lines of JSON. */
function redactBody(body: Buffer, redaction: LetterRedaction): Buffer | undefined {
  const text = body.toString('utf8');
  const whole = parseJson(text);
  if (whole !== undefined) {
    const hidden = redactEvents(whole.value, redaction);
    return hidden === whole.value ? body : Buffer.from(JSON.stringify(hidden ?? {}));
  }
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const events = lines.map(parseJson);
  if (events.every((event) => event === undefined)) return undefined;
  const left = events.map((event, index) => {
    // A line that can't be read is refused by itself, each time.
    if (event === undefined) return redaction.rules.hasRules ? '-' : (lines[index] ?? '');
    return JSON.stringify(redactEvents(event.value, redaction) ?? {});
  });
  return Buffer.from(left.join('\n'));
}

function redactEvents(value: unknown, redaction: LetterRedaction): unknown {
  if (!Array.isArray(value)) return redactEvent(value, redaction);
  const events = value.map((event: unknown) => redactEvent(event, redaction));
  return events.every((event, index) => event === value[index]) ? value : events;
}

function redactEvent(event: unknown, redaction: LetterRedaction): unknown {
  if (typeof event !== 'object' || event === null || Array.isArray(event)) {
    return redaction.rules.hasRules ? {} : event;
  }
  const hide = createHide(redaction);
  let isChanged = false;
  const left = new Map<string, unknown>();
  for (const [name, value] of Object.entries(event)) {
    const hidden = redactMember(name, value, hide, redaction);
    isChanged ||= hidden !== value;
    if (hidden !== undefined) left.set(name, hidden);
  }
  return isChanged ? Object.fromEntries(left) : event;
}

function redactMember(name: string, value: unknown, hide: HideText, redaction: LetterRedaction): unknown {
  if (kept.has(name)) return value;
  if (name === 'data_base64') return redactBase64(value, hide, redaction);
  // What is no object has the name of the member at the door, too.
  const isNamed = name !== 'data' || typeof value !== 'object' || Array.isArray(value);
  return redactJson(value, isNamed ? name : '', hide) ?? (name === 'data' ? {} : undefined);
}

function redactBase64(value: unknown, hide: HideText, { rules: { hasRules } }: LetterRedaction): unknown {
  const data =
    typeof value === 'string' ? parseJson(Buffer.from(value, 'base64').toString('utf8')) : undefined;
  if (data === undefined) return hasRules ? undefined : value;
  const hidden = redactJson(data.value, '', hide);
  return hidden === data.value ? value : Buffer.from(JSON.stringify(hidden ?? {})).toString('base64');
}

function createHide({ pseudonymise, rules, treatmentOf }: LetterRedaction): HideText {
  return (name, text) => {
    const action = rules.actionOf(name);
    if (action !== undefined && (action === 'pseudonymise' || identity.has(name)))
      return pseudonymiseOnce(text, pseudonymise);
    if (action !== undefined) return action === 'mask' ? maskText : undefined;
    return treatmentOf(name) === 'drop' ? undefined : text;
  };
}

/** In a box, because `null` is JSON, too. */
function parseJson(text: string): { readonly value: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return { value };
  } catch {
    return undefined;
  }
}
