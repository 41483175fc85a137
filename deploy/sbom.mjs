// node deploy/sbom.mjs, in the folder of an install: the packages that are there, as CycloneDX 1.5 in JSON. Made of what
// npm has installed: `npm sbom` leaves out packages that tools for development need as well.
import fs from 'node:fs';

const readJson = (file) => JSON.parse(fs.readFileSync(file, 'utf8'));
const { packages } = readJson('node_modules/.package-lock.json');
const product = readJson('package.json');

const components = Object.entries(packages)
  .filter(([place, entry]) => place.includes('node_modules/') && !entry.link && fs.existsSync(place))
  .map(([place, entry]) => describe(place, entry))
  .sort((left, right) => (left['bom-ref'] < right['bom-ref'] ? -1 : 1));

const bom = {
  $schema: 'http://cyclonedx.org/schema/bom-1.5.schema.json',
  bomFormat: 'CycloneDX',
  specVersion: '1.5',
  version: 1,
  metadata: { component: { type: 'application', name: product.name, version: product.version } },
  components,
};
process.stdout.write(`${JSON.stringify(bom, null, 2)}\n`);

function describe(place, { integrity, version }) {
  const { license, name } = readJson(`${place}/package.json`);
  const [group, bare] = name.startsWith('@') ? name.split('/') : [undefined, name];
  const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
  return {
    type: 'library',
    // A version may be there at several places.
    'bom-ref': `${purl}#${place}`,
    ...(group !== undefined && { group }),
    name: bare,
    version,
    purl,
    ...(typeof license === 'string' && { licenses: [describeLicense(license)] }),
    ...(integrity?.startsWith('sha512-') && {
      hashes: [{ alg: 'SHA-512', content: Buffer.from(integrity.slice(7), 'base64').toString('hex') }],
    }),
  };
}

function describeLicense(text) {
  return /^[\w.()+ -]+$/u.test(text) && !text.startsWith('SEE ')
    ? { expression: text }
    : { license: { name: text } };
}
