import { request as httpRequest } from 'node:http';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { basic, bodyBytesMax, failure, useFrontWorld } from './clickhouse-front-world.js';

const { world, open, post, rows } = useFrontWorld();

describe('inserts', () => {
  beforeEach(async () => {
    await world().client.command({ query: 'DROP TABLE IF EXISTS t' });
    await world().client.command({
      query: `CREATE TABLE t (a Int32, s String) ENGINE = MergeTree ORDER BY a
        SETTINGS non_replicated_deduplication_window = 100`,
    });
  });

  const stored = () => rows('SELECT a, s FROM t ORDER BY a, s');

  it('takes rows as objects, as a stream, compressed and plain', async () => {
    await world().client.insert({ table: 't', values: [{ a: 1, s: 'ü\n' }], format: 'JSONEachRow' });
    await world().client.insert({ table: 't', columns: ['a'], values: [[2]], format: 'JSONCompactEachRow' });
    const zipped = open({ compression: { request: true, response: true } });
    await zipped.insert({
      table: 't',
      values: Readable.from(Array.from({ length: 5_000 }, (_, index) => ({ a: 10, s: String(index) }))),
      format: 'JSONEachRow',
    });
    const { stream } = await zipped.exec({
      query: 'INSERT INTO t FORMAT JSONEachRow',
      values: Readable.from([Buffer.from('{"a":3,"s":"x"}\n'), Buffer.from('{"a":4,"s":"y"}')]),
    });
    await text(stream);
    await zipped.close();
    expect(await rows('SELECT a, any(s) AS s, count() AS n FROM t GROUP BY a ORDER BY a LIMIT 4')).toEqual([
      { a: 1, s: 'ü\n', n: 1 },
      { a: 2, s: '', n: 1 },
      { a: 3, s: 'x', n: 1 },
      { a: 4, s: 'y', n: 1 },
    ]);
    expect(await rows('SELECT count() AS n, uniqExact(s) AS u FROM t WHERE a = 10')).toEqual([
      { n: 5_000, u: 5_000 },
    ]);
  });

  it('takes other formats, a statement with its rows, and blank lines that the engine takes for an end', async () => {
    expect((await post('INSERT INTO t FORMAT CSV', '1,"one\n\nDROP TABLE t"\n2,two\n')).status).toBe(200);
    expect(
      (await post('INSERT INTO t FORMAT JSONEachRow', '\n{"a":3}\n\n{"a":4}\n\n;DROP TABLE t')).status,
    ).toBe(400);
    expect((await post('INSERT INTO t FORMAT JSONEachRow', '\n{"a":3}\n\n{"a":4}\n\n')).status).toBe(200);
    const parquet = Buffer.from(
      await (await post("SELECT toInt32(5) AS a, 'p' AS s FORMAT Parquet")).arrayBuffer(),
    );
    expect((await post('INSERT INTO t FORMAT Parquet', parquet)).status).toBe(200);
    const whole = (body: string) => fetch(world().url, { method: 'POST', headers: basic, body });
    expect((await whole('INSERT INTO t (a, s) FORMAT TSV\n6\tsix\n')).status).toBe(200);
    expect((await whole("INSERT INTO `t` (`a`, s) VALUES (7, upper('seven'))")).status).toBe(200);
    expect((await whole("INSERT INTO t SELECT 8, 'eight'")).status).toBe(200);
    expect((await post('INSERT INTO t (* EXCEPT (s)) SETTINGS max_threads = 1 VALUES', '(9)')).status).toBe(
      200,
    );
    expect(await stored()).toEqual([
      { a: 1, s: 'one\n\nDROP TABLE t' },
      { a: 2, s: 'two' },
      { a: 3, s: '' },
      { a: 4, s: '' },
      { a: 5, s: 'p' },
      { a: 6, s: 'six' },
      { a: 7, s: 'SEVEN' },
      { a: 8, s: 'eight' },
      { a: 9, s: '' },
    ]);
  });

  it('counts the same rows under the same token once, whichever way they take', async () => {
    const settings = { insert_deduplication_token: "tok'en-1", async_insert: 0 } as const;
    for (const body of ['{"a":1,"s":"x"}\n', '{"a":1,"s":"x"}\n\n']) {
      for (let round = 0; round < 2; round += 1) {
        const values = Readable.from([Buffer.from(body)]);
        const { stream } = await world().client.exec({
          query: 'INSERT INTO t FORMAT JSONEachRow',
          values,
          clickhouse_settings: settings,
        });
        await text(stream);
      }
    }
    expect(await stored()).toEqual([{ a: 1, s: 'x' }]);
  });

  it('refuses rows that do not fit, bodies that are too large or broken off, and stays well', async () => {
    expect(
      await failure(world().client.insert({ table: 't', values: [{ a: 'x' }], format: 'JSONEachRow' })),
    ).toMatch(/^27 /);
    const large = 'x'.repeat(bodyBytesMax + 1);
    const refused = await post('INSERT INTO t FORMAT CSV', gzipSync(large), { 'Content-Encoding': 'gzip' });
    expect([refused.status, await refused.text()]).toEqual([413, expect.stringContaining('Code: 307')]);
    expect((await post('INSERT INTO t FORMAT CSV', large)).status).toBe(413);
    await new Promise<void>((resolve) => {
      const broken = httpRequest(`${world().url}/?query=INSERT+INTO+t+FORMAT+CSV`, {
        method: 'POST',
        headers: basic,
      });
      broken.once('error', () => {
        resolve();
      });
      broken.write('1,one\n', () => broken.destroy(new Error('gone')));
    });
    expect(await stored()).toEqual([]);
    expect(
      await failure(world().client.insert({ table: 'nowhere', values: [{ a: 1 }], format: 'JSONEachRow' })),
    ).toBe('60 UNKNOWN_TABLE');
  });
});
