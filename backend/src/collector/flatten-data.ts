import { within, type Rejection } from './candidate.js';
import type { CollectorLimits } from './limits.js';
import { findTextFault } from './text-check.js';

export type AttributeLimits = Pick<
  CollectorLimits,
  'attributesMax' | 'attributeCharsMax' | 'attributeNameCharsMax' | 'depthMax'
>;

/** Attributes under construction. `count` spares counting the keys again and again. */
export interface AttributeSink {
  readonly attributes: Record<string, string>;
  readonly limits: AttributeLimits;
  count: number;
}

export function createAttributeSink(limits: AttributeLimits): AttributeSink {
  return { attributes: {}, limits, count: 0 };
}

/**
 * Adds a value to the attributes as text: objects become dotted names, lists become JSON text, `null` is absence.
 * Returns the first fault, its pointer seen from the value: `attribute_name_reserved`, `attribute_name_too_long`,
 * `attribute_too_long`, `too_many_attributes`, `too_deep`, `number_not_finite`, `text_has_nul`, `text_not_unicode`.
 */
export function addAttribute(
  sink: AttributeSink,
  name: string,
  value: unknown,
  depth = 1,
): Rejection | undefined {
  if (typeof value === 'string') return addText(sink, name, value);
  if (typeof value === 'number')
    return Number.isFinite(value) ? addText(sink, name, String(value)) : notFinite;
  if (typeof value === 'boolean' || typeof value === 'bigint') return addText(sink, name, String(value));
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) return addList(sink, name, value, depth);
  return addObject(sink, name, value, depth);
}

const notFinite: Rejection = { code: 'number_not_finite', pointer: '', reason: 'A number must be finite.' };

function addObject(sink: AttributeSink, name: string, value: object, depth: number): Rejection | undefined {
  if (depth >= sink.limits.depthMax) return tooDeep(sink.limits);
  for (const [key, inner] of Object.entries(value)) {
    const rejection = addAttribute(sink, `${name}.${key}`, inner, depth + 1);
    if (rejection !== undefined) return within(key, rejection);
  }
  return undefined;
}

function addList(
  sink: AttributeSink,
  name: string,
  value: readonly unknown[],
  depth: number,
): Rejection | undefined {
  // JSON.stringify recurses: what is too deep must not get there.
  if (isDeeperThan(value, sink.limits.depthMax - depth)) return tooDeep(sink.limits);
  // JSON.stringify hides NUL and lone surrogates behind escapes: they are looked for before.
  return findFaultWithin(value) ?? addText(sink, name, JSON.stringify(value));
}

function addText(sink: AttributeSink, name: string, text: string): Rejection | undefined {
  const { limits } = sink;
  if (text.length > limits.attributeCharsMax) {
    const reason = `An attribute has at most ${limits.attributeCharsMax} characters.`;
    return { code: 'attribute_too_long', pointer: '', reason };
  }
  const fault = findNameFault(name, limits) ?? findTextFault(text, '');
  if (fault !== undefined) return fault;
  // With both {"a.b"} and {"a":{"b"}} the first one is kept, whatever a later one says.
  if (Object.hasOwn(sink.attributes, name)) return undefined;
  sink.count += 1;
  if (sink.count > limits.attributesMax) {
    const reason = `An event has at most ${limits.attributesMax} attributes.`;
    return { code: 'too_many_attributes', pointer: '', reason };
  }
  sink.attributes[name] = text;
  return undefined;
}

function findNameFault(name: string, limits: AttributeLimits): Rejection | undefined {
  if (name === '__proto__') {
    const reason = 'An attribute must not be named "__proto__".';
    return { code: 'attribute_name_reserved', pointer: '', reason };
  }
  if (name.length > limits.attributeNameCharsMax) {
    const reason = `An attribute's name has at most ${limits.attributeNameCharsMax} characters.`;
    return { code: 'attribute_name_too_long', pointer: '', reason };
  }
  return findTextFault(name, '');
}

/** Recursion ends with the levels that are allowed, however deep the value is. */
function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels <= 0) return true;
  return Object.values(value).some((inner) => isDeeperThan(inner, levels - 1));
}

function findFaultWithin(value: unknown): Rejection | undefined {
  if (typeof value === 'string') return findTextFault(value, '');
  if (typeof value === 'number' && !Number.isFinite(value)) return notFinite;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    const rejection = findTextFault(key, '') ?? findFaultWithin(inner);
    if (rejection !== undefined) return within(key, rejection);
  }
  return undefined;
}

function tooDeep(limits: AttributeLimits): Rejection {
  return { code: 'too_deep', pointer: '', reason: `"data" has at most ${limits.depthMax} levels.` };
}
