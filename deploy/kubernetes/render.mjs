// node deploy/kubernetes/render.mjs [--check]: writes the manifests below base/ and components/ from manifests/*.mjs, or
// says which of them are out of date.
import fs from 'node:fs';
import path from 'node:path';
import { stringify } from 'yaml';
import { migration, roleObjects, shared } from './manifests/base.mjs';
import { keda, monitoring } from './manifests/components.mjs';
import { grafana } from './manifests/grafana.mjs';
import { network } from './manifests/network.mjs';

const here = import.meta.dirname;
const base = [
  { file: 'shared.yaml', objects: shared },
  { file: 'network.yaml', objects: network },
  { file: 'migrate.yaml', objects: migration },
  ...roleObjects,
  { file: 'grafana.yaml', objects: grafana },
];
const files = [
  ...base.map(({ file, objects }) => ({ file: `base/${file}`, text: write(objects) })),
  { file: 'base/kustomization.yaml', text: kustomization('Kustomization', 'v1beta1', base) },
  ...Object.entries({ keda, monitoring }).flatMap(([name, objects]) => [
    { file: `components/${name}/${name}.yaml`, text: write(objects) },
    {
      file: `components/${name}/kustomization.yaml`,
      text: kustomization('Component', 'v1alpha1', [{ file: `${name}.yaml` }]),
    },
  ]),
];

for (const { file, text } of files) {
  const target = path.join(here, file);
  if (fs.existsSync(target) && fs.readFileSync(target, 'utf8') === text) continue;
  if (process.argv.includes('--check')) {
    process.stdout.write(`deploy/kubernetes/${file} is out of date: node deploy/kubernetes/render.mjs\n`);
    process.exitCode = 1;
  } else {
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, text);
  }
}

function write(objects) {
  const options = { lineWidth: 0, singleQuote: true, aliasDuplicateObjects: false };
  const made = '# Made by deploy/kubernetes/render.mjs: change deploy/kubernetes/manifests.\n';
  return made + objects.map((object) => stringify(object, options)).join('---\n');
}

function kustomization(kind, version, parts) {
  return stringify({
    apiVersion: `kustomize.config.k8s.io/${version}`,
    kind,
    resources: parts.map(({ file }) => file),
  });
}
