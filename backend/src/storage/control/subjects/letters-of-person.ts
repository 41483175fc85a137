import type { EventEnvelope } from '@coditect/contracts';
import { eventEnvelopeSchema } from '@coditect/contracts';
import { z } from 'zod';
import { erasedText, findableId, type Subject } from '../../../platform/subjects.js';
import type { SqlExecutor } from '../../postgres/sql-executor.js';
import { countByTenant, decodeEvents, encodeEvents } from '../letter-content.js';

const letterRow = z.object({
  letter_id: z.string(),
  events: z.instanceof(Uint8Array),
  raw_tenant_id: z.string().nullable(),
  raw_body: z.instanceof(Uint8Array).nullable(),
});
type LetterRow = z.infer<typeof letterRow>;
const idRow = z.object({ letter_id: z.string() });

interface PersonInLetter {
  readonly events: readonly EventEnvelope[];
  /** How many of them are by or about the person. */
  readonly named: number;
  readonly isInRaw: boolean;
  readonly rawTenantId: string | null;
}

export async function listLetters(
  executor: SqlExecutor,
  { tenantId }: Pick<Subject, 'tenantId'>,
): Promise<readonly string[]> {
  const rows = await executor.query(
    'SELECT letter_id FROM control.dead_letter_tenants WHERE tenant_id = $1 ORDER BY letter_id',
    [tenantId],
  );
  return rows.map((row) => idRow.parse(row).letter_id);
}

/** What the letters of a tenant hold of it, read or not. */
export async function* readLetterTexts(executor: SqlExecutor, tenantId: string): AsyncGenerator<string> {
  for (const id of await listLetters(executor, { tenantId })) {
    const [found] = await executor.query(
      'SELECT letter_id, events, raw_tenant_id, raw_body FROM control.dead_letters WHERE letter_id = $1',
      [id],
    );
    if (found === undefined) continue;
    const letter = letterRow.parse(found);
    const events = await decodeEvents(letter.events);
    for (const event of events) if (event.tenantId === tenantId) yield JSON.stringify(event);
    if (letter.raw_body !== null && letter.raw_tenant_id === tenantId)
      yield Buffer.from(letter.raw_body).toString('utf8');
  }
}

/** `undefined` for a letter without the person, or one that is gone. */
export async function findInLetter(
  executor: SqlExecutor,
  subject: Subject,
  id: string,
): Promise<PersonInLetter | undefined> {
  const [found] = await executor.query(
    'SELECT letter_id, events, raw_tenant_id, raw_body FROM control.dead_letters WHERE letter_id = $1 FOR UPDATE',
    [id],
  );
  if (found === undefined) return undefined;
  const letter = letterRow.parse(found);
  const events = await decodeEvents(letter.events);
  const named = events.filter(
    (event) => event.tenantId === subject.tenantId && isNamed(event, subject),
  ).length;
  const isInRaw = isRawOf(letter, subject);
  if (named === 0 && !isInRaw) return undefined;
  return { events, named, isInRaw, rawTenantId: letter.raw_tenant_id };
}

/** Bytes that nobody could read may name the person in whatever form they were sent. */
function isRawOf({ raw_body: body, raw_tenant_id: tenantId }: LetterRow, subject: Subject): boolean {
  if (body === null || tenantId !== subject.tenantId) return false;
  const bytes = Buffer.from(body);
  return bytes.includes(subject.userId) || bytes.includes(subject.pseudonym);
}

export function eventsOf({ events }: PersonInLetter, subject: Subject): readonly EventEnvelope[] {
  return events.filter((event) => event.tenantId === subject.tenantId && isNamed(event, subject));
}

/** Takes the person's events out of the letter, their name out of those of others, and what can't be read as a whole. */
export async function eraseInLetter(executor: SqlExecutor, subject: Subject, id: string): Promise<number> {
  const found = await findInLetter(executor, subject, id);
  if (found === undefined) return 0;
  const left = found.events.flatMap((event): readonly EventEnvelope[] => {
    if (event.tenantId !== subject.tenantId) return [event];
    return event.userId === subject.pseudonym ? [] : [withoutName(event, subject)];
  });
  if (left.length === 0) {
    await executor.query('DELETE FROM control.dead_letters WHERE letter_id = $1', [id]);
    return found.named + Number(found.isInRaw);
  }
  await executor.query(
    `UPDATE control.dead_letters SET events = $2, events_count = $3,
       raw_body = CASE WHEN $4 THEN NULL ELSE raw_body END, times_given_up = times_given_up + 1 WHERE letter_id = $1`,
    [id, await encodeEvents(left), left.length, found.isInRaw],
  );
  const rawTenantId = found.isInRaw ? undefined : (found.rawTenantId ?? undefined);
  const counts = countByTenant(left, rawTenantId);
  const own = counts.get(subject.tenantId);
  await executor.query(
    own === undefined
      ? 'DELETE FROM control.dead_letter_tenants WHERE letter_id = $1 AND tenant_id = $2 AND $3::integer = 0'
      : 'UPDATE control.dead_letter_tenants SET events = $3::integer WHERE letter_id = $1 AND tenant_id = $2',
    [id, subject.tenantId, own ?? 0],
  );
  return found.named + Number(found.isInRaw);
}

function isNamed(event: EventEnvelope, subject: Subject): boolean {
  return JSON.stringify(withoutName(event, subject)) !== JSON.stringify(event);
}

/** A copy in which no text names the person. The identity stays: it is a hash. */
function withoutName(event: EventEnvelope, subject: Subject): EventEnvelope {
  const id = findableId(subject);
  const hide = (text: string): string =>
    text === id ? erasedText : text.replaceAll(subject.pseudonym, erasedText);
  const attributes = Object.fromEntries<string>(
    Object.entries(event.attributes).map(([name, value]) => [hide(name), hide(value)] as const),
  );
  const texts = Object.fromEntries<unknown>(
    Object.entries<unknown>({ ...event }).map(([name, value]) => {
      const isText = typeof value === 'string' && name !== 'tenantId' && name !== 'eventId';
      return [name, isText ? hide(value) : value] as const;
    }),
  );
  return eventEnvelopeSchema.parse({ ...texts, attributes });
}
