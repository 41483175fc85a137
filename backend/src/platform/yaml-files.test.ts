import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { eventually } from '../testkit/eventually.js';
import { createLogger } from './logger.js';
import { followYamlFolder, parseYaml, readYamlAs, readYamlFolder, YamlError } from './yaml-files.js';

const schema = z.strictObject({
  targets: z.array(z.strictObject({ name: z.string(), value: z.number(), from: z.string().optional() })),
});

function issuesOf(text: string): readonly string[] {
  try {
    readYamlAs(schema, parseYaml('a.yaml', text));
    return [];
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    return error.issues.map(({ line, reason }) => `${line} ${reason}`);
  }
}

describe('a YAML file', () => {
  it('is read as YAML 1.2, in which a date is a text', () => {
    const document = parseYaml('a.yaml', 'targets:\n  - { name: a, value: 1, from: 2026-01-31 }\n');
    expect(readYamlAs(schema, document)).toEqual({
      targets: [{ name: 'a', value: 1, from: '2026-01-31' }],
    });
  });

  it('names the line of every mistake', () => {
    const text =
      '# goals\ntargets:\n  - name: a\n    value: many\n  - name: b\n    value: 2\n    colour: red\n';
    expect(issuesOf(text)).toEqual([
      expect.stringMatching(/^4 targets\.0\.value: /),
      expect.stringMatching(/^7 targets\.1\.colour: /),
    ]);
    // What is missing is said of what it is missing from.
    expect(issuesOf('targets:\n  - value: 2\n    name: b\n  - name: a\n')).toEqual([
      expect.stringMatching(/^4 targets\.1\.value: /),
    ]);
  });

  it('is refused with its line when it is no YAML, or says a key twice', () => {
    expect(issuesOf('targets:\n  - { name: a\n')).toEqual([expect.stringMatching(/^[23] /)]);
    expect(issuesOf('targets: []\ntargets: []\n')).toEqual([expect.stringMatching(/^2 .*unique/)]);
    expect(issuesOf('')).toEqual([expect.stringMatching(/^1 /)]);
  });

  it('unfolds no aliases beyond measure', () => {
    const bomb = ['a: &a [x,x,x,x,x,x,x,x,x,x]'];
    for (const [index, name] of [...'bcdefg'].entries()) {
      const before = [...'abcdef'][index] ?? '';
      bomb.push(`${name}: &${name} [${Array.from({ length: 10 }, () => `*${before}`).join(',')}]`);
    }
    expect(() => parseYaml('bomb.yaml', bomb.join('\n'))).toThrow(YamlError);
  });

  // From a few thousand levels on the reader ends the process: only what is refused before it reads can be tested.
  it.each([
    ['targets:\n  ' + '- '.repeat(150) + 'a', 2],
    ['? '.repeat(150) + 'a', 1],
    ['a: 1\nb: ' + '['.repeat(150), 2],
    ['{a: '.repeat(150) + '1' + '}'.repeat(150), 1],
    [Array.from({ length: 250 }, (_unused, level) => `${' '.repeat(level)}a:`).join('\n'), 202],
  ])('is refused with its line when it is deeper than people write: %#', (text, line) => {
    expect(issuesOf(text)).toEqual([`${line} A file is at most 100 levels deep.`]);
  });

  it('may be a hundred levels deep, and hold what looks like more', () => {
    expect(parseYaml('a.yaml', '['.repeat(100) + ']'.repeat(100)).file).toBe('a.yaml');
    const { value } = parseYaml('a.yaml', `# ${'-'.repeat(300)}\na: []\nb: "${'[] '.repeat(200)}"\n`);
    expect(value).toMatchObject({ a: [] });
  });

  it('says the first hundred of very many mistakes, and how many there are more', () => {
    const items = Array.from({ length: 150 }, (_unused, index) => `  - ${index}`);
    const issues = issuesOf(`targets:\n${items.join('\n')}\n`);
    expect([issues.length, issues.at(-1)]).toEqual([101, '102 and 50 mistakes more']);
  });
});

describe('a folder of YAML files', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'coditect-yaml-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it('is read with the folders in it, without what is hidden or is no YAML', async () => {
    await mkdir(join(folder, 'acme'));
    await writeFile(join(folder, 'acme', 'b.yml'), 'b: 1');
    await writeFile(join(folder, 'a.yaml'), 'a: 1');
    await writeFile(join(folder, '.hidden.yaml'), 'a: 1');
    await writeFile(join(folder, 'README.md'), '');
    const files = await readYamlFolder(folder);
    expect(files?.map(({ name, text }) => [name, text])).toEqual([
      ['a.yaml', 'a: 1'],
      ['acme/b.yml', 'b: 1'],
    ]);
    expect(await readYamlFolder(join(folder, 'none'))).toBeUndefined();
  });

  it('is read though a file of it can not be, and says which and why', async () => {
    await writeFile(join(folder, 'a.yaml'), 'a: 1');
    await writeFile(join(folder, 'large.yaml'), ' '.repeat(1_048_577));
    await mkdir(join(folder, 'folder.yaml'));
    await symlink(join(folder, 'nothing'), join(folder, 'gone.yaml'));
    await symlink(join(folder, 'nothing'), join(folder, 'gone'));
    await symlink('round.yaml', join(folder, 'round.yaml'));
    const files = await readYamlFolder(folder);
    expect(files?.map(({ fault, name, text }) => [name, text, fault])).toEqual([
      ['a.yaml', 'a: 1', undefined],
      ['folder.yaml', '', 'This is no file.'],
      ['gone/*', '', "This can't be read (ENOENT)."],
      ['gone.yaml', '', "This can't be read (ENOENT)."],
      ['large.yaml', '', 'A file has at most 1048576 bytes.'],
      ['round.yaml', '', "This can't be read (ELOOP)."],
    ]);
  });

  it('is loaded at once and after each change, and again after a load that failed', async () => {
    await writeFile(join(folder, 'a.yaml'), '1');
    const loaded: string[] = [];
    let fails = false;
    const following = await followYamlFolder({
      folder,
      everyMs: 5,
      logger: createLogger({ level: 'silent', pretty: false, service: 'test' }),
      load(files) {
        if (fails) {
          fails = false;
          return Promise.reject(new Error('not now'));
        }
        loaded.push(files.map(({ text }) => text).join());
        return Promise.resolve();
      },
    });
    expect(loaded).toEqual(['1']);
    fails = true;
    await writeFile(join(folder, 'b.yaml'), '2');
    await eventually(() => {
      expect(loaded.at(-1)).toBe('1,2');
      return Promise.resolve();
    });
    await rm(join(folder, 'a.yaml'));
    await eventually(() => {
      expect(loaded.at(-1)).toBe('2');
      return Promise.resolve();
    });
    await following.close();
  });
});
