import fs from 'node:fs';
import path from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { root } from './paths.mjs';

export const kubernetesFolder = path.join(root, 'deploy/kubernetes');

/** Every object below a folder that `kustomization.yaml` names as a resource there, with the file it is in. */
export function readObjects(folder) {
  const read = (file) => fs.readFileSync(path.join(kubernetesFolder, folder, file), 'utf8');
  const { resources } = parse(read('kustomization.yaml'));
  return resources
    .filter((file) => file.endsWith('.yaml'))
    .flatMap((file) =>
      parseAllDocuments(read(file)).map((document) => ({
        file: `deploy/kubernetes/${folder}/${file}`,
        object: document.toJS(),
      })),
    );
}

/** The pod that an object makes, if it makes any. */
export const podOf = (object) => object.spec?.template?.spec;

export const podLabelsOf = (object) => object.spec?.template?.metadata?.labels ?? {};

export function isSelected({ matchExpressions = [], matchLabels = {} }, labels) {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, values }) => values.includes(labels[key]))
  );
}
