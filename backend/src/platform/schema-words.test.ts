import { eventSearchSchema, panelQuerySchema } from '@coditect/contracts';
import { z } from 'zod';
import { AppError } from './errors.js';
import { parseJsonBody } from './http-requests.js';

function refusalOf(schema: z.ZodType, body: unknown): unknown[] {
  try {
    parseJsonBody(schema, Buffer.from(JSON.stringify(body)));
  } catch (error) {
    if (error instanceof AppError) return [error.code, error.pointer, error.message, error.limit];
  }
  return [];
}

const range = { from: '2026-03-01T00:00:00Z', to: '2026-03-02T00:00:00Z' };
const search = { range };
const query = { metric: 'cost', range, total: true };
const filter = { dimension: 'team', operator: '=', value: 'a' };

describe('what a body is refused with', () => {
  const refusals: [string, z.ZodType, unknown, string, string, number | undefined][] = [
    [
      'a long text',
      eventSearchSchema,
      { ...search, search: 'x'.repeat(513) },
      '/search',
      'Give at most 512 characters.',
      512,
    ],
    [
      'no text',
      panelQuerySchema,
      { ...query, metric: '' },
      '/metric',
      'Give a text that is not empty.',
      undefined,
    ],
    ['a missing field', eventSearchSchema, {}, '/range', 'This is missing: give an object.', undefined],
    ['another type', panelQuerySchema, { ...query, metric: 7 }, '/metric', 'Give a text.', undefined],
    ['a fraction', eventSearchSchema, { ...search, limit: 1.5 }, '/limit', 'Give a whole number.', undefined],
    ['a great number', eventSearchSchema, { ...search, limit: 5_001 }, '/limit', 'Give at most 5000.', 5_000],
    ['a small number', eventSearchSchema, { ...search, limit: 0 }, '/limit', 'Give at least 1.', undefined],
    [
      'a choice that there is not',
      eventSearchSchema,
      { ...search, order: 'up' },
      '/order',
      'Give one of "newestFirst", "oldestFirst".',
      undefined,
    ],
    ['a constant', panelQuerySchema, { ...query, total: false }, '/total', 'Give true.', undefined],
    [
      'a field of another name',
      eventSearchSchema,
      { ...search, serach: 'x' },
      '/serach',
      'There is no field "serach".',
      undefined,
    ],
    [
      'a time without its offset',
      eventSearchSchema,
      { range: { ...range, from: '2026-03-01' } },
      '/range/from',
      'Give a time in ISO 8601 with its offset, such as 2026-03-01T00:00:00Z.',
      undefined,
    ],
    [
      'too many entries',
      panelQuerySchema,
      { ...query, filters: Array.from({ length: 21 }, () => filter) },
      '/filters',
      'Give at most 20 entries.',
      20,
    ],
    [
      'too few entries',
      z.strictObject({ ids: z.array(z.string()).min(1) }),
      { ids: [] },
      '/ids',
      'Give at least 1 entry.',
      undefined,
    ],
    [
      'what a schema says itself',
      panelQuerySchema,
      { ...query, filters: [{ ...filter, value: 200 }] },
      '/filters/0/value',
      'Give a text or a list of texts; a number is written as a text, such as "200".',
      undefined,
    ],
  ];

  it.each(refusals)('says in our words of %s', (_what, schema, body, pointer, reason, limit) => {
    expect(refusalOf(schema, body)).toEqual(['body_invalid', pointer, reason, limit]);
  });
});
