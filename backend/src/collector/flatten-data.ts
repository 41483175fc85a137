import { pointerTo, refuse, type Rejection } from './candidate.js';
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
 * Returns the first fault: `attribute_name_reserved`, `attribute_name_too_long`, `attribute_too_long`,
 * `too_many_attributes`, `too_deep`, `number_not_finite`, `text_has_nul`, `text_not_unicode`.
 */
export function addAttribute(
  sink: AttributeSink,
  name: string,
  value: unknown,
  pointer: string,
  depth = 1,
): Rejection | undefined {
  if (typeof value === 'string') return addText(sink, name, value, pointer);
  if (typeof value === 'boolean' || typeof value === 'bigint')
    return addText(sink, name, String(value), pointer);
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return addText(sink, name, String(value), pointer);
    return { code: 'number_not_finite', pointer, reason: 'A number must be finite.' };
  }
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) return addList(sink, name, value, pointer, depth);
  return addObject(sink, name, value, pointer, depth);
}

function addObject(
  sink: AttributeSink,
  name: string,
  value: object,
  pointer: string,
  depth: number,
): Rejection | undefined {
  if (depth >= sink.limits.depthMax) return tooDeep(pointer, sink.limits);
  for (const [key, inner] of Object.entries(value)) {
    const path = name === '' ? key : `${name}.${key}`;
    const rejection = addAttribute(sink, path, inner, pointerTo(pointer, key), depth + 1);
    if (rejection !== undefined) return rejection;
  }
  return undefined;
}

function addList(
  sink: AttributeSink,
  name: string,
  value: readonly unknown[],
  pointer: string,
  depth: number,
): Rejection | undefined {
  // JSON.stringify recurses: what is too deep must not get there.
  if (isDeeperThan(value, sink.limits.depthMax - depth)) return tooDeep(pointer, sink.limits);
  // JSON.stringify hides NUL and lone surrogates behind escapes: they are looked for before.
  const rejection = findFaultWithin(value, pointer);
  return rejection ?? addText(sink, name, JSON.stringify(value), pointer);
}

function addText(sink: AttributeSink, name: string, text: string, pointer: string): Rejection | undefined {
  const { limits } = sink;
  if (text.length > limits.attributeCharsMax) {
    const reason = `An attribute has at most ${limits.attributeCharsMax} characters.`;
    return { code: 'attribute_too_long', pointer, reason };
  }
  const nameFault = findNameFault(name, pointer, limits);
  if (nameFault !== undefined) return nameFault;
  const textFault = findTextFault(text, pointer);
  if (textFault !== undefined) return textFault;
  // With both {"a.b"} and {"a":{"b"}} the first one is kept, whatever a later one says.
  if (Object.hasOwn(sink.attributes, name)) return undefined;
  sink.count += 1;
  if (sink.count > limits.attributesMax) {
    const reason = `An event has at most ${limits.attributesMax} attributes.`;
    return { code: 'too_many_attributes', pointer: '/data', reason };
  }
  sink.attributes[name] = text;
  return undefined;
}

function findNameFault(name: string, pointer: string, limits: AttributeLimits): Rejection | undefined {
  if (name === '__proto__') {
    return {
      code: 'attribute_name_reserved',
      pointer,
      reason: 'An attribute must not be named "__proto__".',
    };
  }
  if (name.length > limits.attributeNameCharsMax) {
    const reason = `An attribute's name has at most ${limits.attributeNameCharsMax} characters.`;
    return { code: 'attribute_name_too_long', pointer, reason };
  }
  return findTextFault(name, pointer);
}

/** Recursion ends with the levels that are allowed, however deep the value is. */
function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels <= 0) return true;
  return Object.values(value).some((inner) => isDeeperThan(inner, levels - 1));
}

function findFaultWithin(value: unknown, pointer: string): Rejection | undefined {
  if (typeof value === 'string') return findTextFault(value, pointer);
  if (typeof value === 'number' && !Number.isFinite(value)) {
    return { code: 'number_not_finite', pointer, reason: 'A number must be finite.' };
  }
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    const rejection = findTextFault(key, pointer) ?? findFaultWithin(inner, pointer);
    if (rejection !== undefined) return rejection;
  }
  return undefined;
}

function tooDeep(pointer: string, limits: AttributeLimits): Rejection {
  return refuse('too_deep', pointer, `"data" has at most ${limits.depthMax} levels.`).rejection;
}
