/** What takes the place of a value with this name; `undefined` leaves it out. The same text leaves it as it is. */
export type HideText = (name: string, text: string) => string | undefined;

/**
 * A copy of a JSON value in which values are hidden by their names, as dotted names would be; entries of a list have the name
 * of the list. Answers with the very value where nothing is hidden, and with `undefined` where nothing is left of it.
 */
export function redactJson(value: unknown, name: string, hide: HideText): unknown {
  if (typeof value === 'string') return redactText(value, name, hide);
  if (typeof value === 'number' || typeof value === 'boolean') {
    const text = String(value);
    const hidden = hide(name, text);
    return hidden === text ? value : hidden;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Array.isArray(value) ? redactList(value, name, hide) : redactObject(value, name, hide);
}

function redactList(list: readonly unknown[], name: string, hide: HideText): unknown {
  const hidden = list.map((entry) => redactJson(entry, name, hide));
  if (hidden.every((entry, index) => entry === list[index])) return list;
  const left = hidden.filter((entry) => entry !== undefined);
  return left.length === 0 ? undefined : left;
}

function redactObject(object: object, name: string, hide: HideText): unknown {
  let isChanged = false;
  const left = new Map<string, unknown>();
  for (const [key, inner] of Object.entries(object)) {
    const hidden = redactJson(inner, name === '' ? key : `${name}.${key}`, hide);
    isChanged ||= hidden !== inner;
    if (hidden !== undefined) left.set(key, hidden);
  }
  if (!isChanged) return object;
  return left.size === 0 ? undefined : Object.fromEntries(left);
}

/**
 * A list travels as JSON in one text, and producers put objects into texts: what is named in there is hidden as if it had
 * come by itself.
 */
export function redactText(text: string, name: string, hide: HideText): string | undefined {
  const hidden = hide(name, text);
  if (hidden !== text) return hidden;
  const value = parseContainer(text);
  if (value === undefined) return text;
  const left = redactJson(value, name, hide);
  if (left === value) return text;
  return left === undefined ? undefined : JSON.stringify(left);
}

function parseContainer(text: string): object | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
