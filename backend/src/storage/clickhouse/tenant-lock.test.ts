import { z } from 'zod';
import type { ClickHouse, NamedQuery } from './client.js';
import { applyRowPolicies, lockTenants, tenantSettings, tenantTables } from './tenant-lock.js';

const row = z.object({});

function createRecorder() {
  const asked: string[] = [];
  const commands: string[] = [];
  const clickHouse: ClickHouse = {
    query: <Row>(query: NamedQuery<Row>) => {
      asked.push(query.name);
      return Promise.resolve([]);
    },
    command(sql) {
      commands.push(sql);
      return Promise.resolve();
    },
    insert: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
  return { asked, commands, clickHouse };
}

describe('lockTenants', () => {
  it('lets statements through that say whose rows they may see, or that read no table', async () => {
    const { asked, clickHouse } = createRecorder();
    const locked = lockTenants(clickHouse);
    await locked.query({ name: 'own', sql: 'SELECT 1 FROM events_raw_v1', tenantId: 'acme', row });
    await locked.query({ name: 'none', sql: 'SELECT 1', row });
    expect(asked).toEqual(['own', 'none']);
  });

  it('refuses a statement that forgot its tenant, and whatever writes', async () => {
    const { asked, commands, clickHouse } = createRecorder();
    const locked = lockTenants(clickHouse);
    for (const table of tenantTables)
      await expect(locked.query({ name: 'all', sql: `SELECT 1 FROM ${table}`, row })).rejects.toThrow('all');
    await expect(locked.command('DROP TABLE x')).rejects.toThrow('command');
    await expect(
      locked.insert({ table: 'events_raw_v1', ndjson: Buffer.alloc(0), token: '' }),
    ).rejects.toThrow('insert');
    expect([...asked, ...commands]).toEqual([]);
  });
});

describe('tenantSettings', () => {
  it('names the tenant in hex, so that no name can end the text that it is in', () => {
    const settings = tenantSettings("a' OR 1 -- \\", true);
    expect(settings).not.toContain('OR 1');
    expect(settings).toContain(`SQL_tenant = '${Buffer.from("a' OR 1 -- \\").toString('hex')}'`);
    expect(tenantSettings('acme', false)).not.toContain('SQL_tenant');
  });
});

describe('applyRowPolicies', () => {
  it('holds the reader to the tenant that a statement names, and leaves everybody else alone', async () => {
    const { commands, clickHouse } = createRecorder();
    await applyRowPolicies(clickHouse, { name: 'rea`der', password: 'secret' });
    const ofRaw = commands
      .filter((sql) => sql.includes(' events_raw_v1 '))
      .map((sql) => sql.replace(/\s+/g, ' '));
    expect(ofRaw).toEqual([
      'GRANT SELECT ON events_raw_v1 TO `rea\\`der`',
      "CREATE ROW POLICY OR REPLACE coditect_tenant ON events_raw_v1 FOR SELECT USING tenant_id = unhex(getSetting('SQL_tenant')) TO `rea\\`der`",
      'CREATE ROW POLICY OR REPLACE coditect_others ON events_raw_v1 FOR SELECT USING 1 TO ALL EXCEPT `rea\\`der`',
    ]);
  });

  it('makes the user where there is none, who reads only, and tells nobody the password', async () => {
    const { commands, clickHouse } = createRecorder();
    await applyRowPolicies(clickHouse, { name: 'reader', password: 'secret' });
    const hash = '2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b';
    expect(commands[0]).toBe(
      `CREATE USER IF NOT EXISTS \`reader\` IDENTIFIED WITH sha256_hash BY '${hash}' SETTINGS readonly = 2`,
    );
    expect(commands.join('\n')).not.toContain("'secret'");
  });

  it('says which right is missing', async () => {
    const { clickHouse } = createRecorder();
    const refusing = { ...clickHouse, command: () => Promise.reject(new Error('Not enough privileges')) };
    await expect(applyRowPolicies(refusing, { name: 'reader', password: 'secret' })).rejects.toMatchObject({
      code: 'row_policies_refused',
    });
  });
});
