import fs from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { cacheDir } from './paths.mjs';

/** Packages that have the schemas of Kubernetes and of its extensions, by the group of an apiVersion. */
const packages = {
  'keda.sh': '@kubernetes-models/keda',
  'monitoring.coreos.com': '@kubernetes-models/prometheus-operator',
};
/** Known to their operators alone: see docs/unverified.md. */
const unknownKinds = new Set([
  'RabbitmqCluster',
  'ClickHouseInstallation',
  'ClickHouseKeeperInstallation',
  'Cluster',
]);

function moduleOf({ apiVersion }) {
  const [group] = apiVersion.split('/');
  return `${packages[group] ?? 'kubernetes-models'}/${apiVersion}`;
}

/** What is wrong with objects by the schemas of Kubernetes: values by the schemas, names of fields by the types. */
export async function checkSchemas(entries) {
  const known = entries.filter(({ object }) => !unknownKinds.has(object.kind));
  const wrong = [];
  for (const { file, object } of known) {
    const models = await import(moduleOf(object));
    try {
      new models[object.kind](object).validate();
    } catch (error) {
      wrong.push(`${file}: ${object.kind} ${object.metadata.name}: ${error.message}`);
    }
  }
  return [...wrong, ...checkFields(known)];
}

/** A schema lets fields pass that it does not know. The type checker does not. */
function checkFields(entries) {
  const file = path.join(cacheDir, 'kubernetes-objects.mts');
  fs.mkdirSync(cacheDir, { recursive: true });
  const lines = entries.map(
    ({ object }, index) =>
      `export const o${index}: import('${moduleOf(object)}').I${object.kind} = ${JSON.stringify(object)};`,
  );
  fs.writeFileSync(file, lines.join('\n'));
  const program = ts.createProgram([file], {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
  });
  return ts.getPreEmitDiagnostics(program).map(({ file: source, messageText, start = 0 }) => {
    const entry = entries[source?.getLineAndCharacterOfPosition(start).line ?? 0];
    const said = ts.flattenDiagnosticMessageText(messageText, ' ');
    return `${entry.file}: ${entry.object.kind} ${entry.object.metadata.name}: ${said}`;
  });
}
