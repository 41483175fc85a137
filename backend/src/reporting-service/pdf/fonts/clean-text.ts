/** Drawn where no font has the character. */
export const replacement = '\uFFFD';

/** Steers its neighbours and has no shape: joiners, marks of direction, variation selectors, soft hyphens. */
const invisible = /^[\u00AD\u200B-\u200F\u202A-\u202E\u2060-\u2064\u2066-\u206F\uFE00-\uFE0F\uFEFF]$/u;

export function isInvisible(character: string): boolean {
  return invisible.test(character);
}

/** One line of drawable characters: composed, without control characters and halves of pairs. */
export function cleanText(text: string): string {
  return text
    .normalize('NFC')
    .replaceAll(/\p{Cc}+/gu, ' ')
    .replaceAll(/\p{Surrogate}/gu, replacement);
}

/** Every text anywhere inside plain data. Bytes are no text. */
function* textsWithin(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (Array.isArray(value)) for (const inner of value) yield* textsWithin(inner);
  else if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)) {
    yield* textsWithin(Object.values(value));
  }
}

/** All characters of the document, and what the drawing adds: letters, digits and signs of its own. */
export function charactersOf(document: unknown): Set<string> {
  const characters = new Set<string>();
  for (let code = 0x20; code < 0x7f; code += 1) characters.add(String.fromCodePoint(code));
  for (const character of `–—…·×${replacement}`) characters.add(character);
  for (const text of textsWithin(document)) {
    for (const character of cleanText(text)) characters.add(character);
  }
  return characters;
}
