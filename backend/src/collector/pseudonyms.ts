import { createHmac } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { erasedText, suppressionDigest } from '../platform/subjects.js';

/** Turns what names a person into a name that tells nothing: the same person of a tenant always gets the same one. */
export type Pseudonymise = (text: string) => string;

const REMEMBERED_MAX = 50_000;

/** `u_` and the first 16 hexadecimal digits of HMAC-SHA256 with the tenant's salt. */
export function pseudonymOf(text: string, salt: string): string {
  return `u_${createHmac('sha256', salt).update(text, 'utf8').digest('hex').slice(0, 16)}`;
}

const pseudonymPattern = /^u_[\da-f]{16}$/;

/** For what may have been here before, such as a letter that is replayed: a pseudonym stays the one it is. */
export function pseudonymiseOnce(text: string, pseudonymise: Pseudonymise): string {
  return text === '' || text === erasedText || pseudonymPattern.test(text) ? text : pseudonymise(text);
}

/** Remembers pseudonyms over all tenants, most recently used first. The salt is part of what is remembered by. */
export function createPseudonyms(): (salt: string) => Pseudonymise {
  const remembered = new LRUCache<string, string>({ max: REMEMBERED_MAX });
  return (salt) => (text) => {
    const key = `${salt}\n${text}`;
    const known = remembered.get(key);
    if (known !== undefined) return known;
    const pseudonym = pseudonymOf(text, salt);
    remembered.set(key, pseudonym);
    return pseudonym;
  };
}

/** The same, with one word for everybody of whom nothing is taken in. */
export function hideSuppressed(
  pseudonymise: Pseudonymise,
  {
    salt,
    suppressed,
    tenantId,
  }: { readonly salt: string; readonly tenantId: string; readonly suppressed: ReadonlySet<string> },
): Pseudonymise {
  if (suppressed.size === 0) return pseudonymise;
  return (text) => {
    const pseudonym = pseudonymise(text);
    return suppressed.has(suppressionDigest(salt, { tenantId, pseudonym })) ? erasedText : pseudonym;
  };
}

/** An address as people write it or as it stands in a URL. Bounded repetition keeps the search linear. */
const EMAIL = /[\w.%+'-]{1,64}(?:@|%40)(?:[a-z\d-]{1,63}\.){1,8}[a-z]{2,24}/gi;

/** The text with every e-mail address replaced. `git@host` is an account of a service, not of a person. */
export function hideEmails(text: string, pseudonymise: Pseudonymise): string {
  if (!text.includes('@') && !text.includes('%40')) return text;
  return text.replaceAll(EMAIL, (address) => (address.startsWith('git@') ? address : pseudonymise(address)));
}
