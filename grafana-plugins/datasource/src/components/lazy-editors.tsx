import { LoadingPlaceholder } from '@grafana/ui';
import { lazy, Suspense, type ComponentType } from 'react';

// A dashboard needs none of the editors: each is loaded when it is opened. Grafana does not wait for a component of a
// plugin by itself, so each brings its own boundary.

export const ConfigEditor = whenOpened(async () => (await import('./ConfigEditor')).ConfigEditor);
export const AnnotationQueryEditor = whenOpened(
  async () => (await import('./QueryEditor')).AnnotationQueryEditor,
);
export const QueryEditor = whenOpened(async () => (await import('./QueryEditor')).QueryEditor);
export const QueryEditorHelp = whenOpened(async () => (await import('./QueryEditorHelp')).QueryEditorHelp);
export const VariableEditor = whenOpened(async () => (await import('./VariableEditor')).VariableEditor);

function whenOpened<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  const Editor = lazy(async () => ({ default: await load() }));
  return function LoadedEditor(props: Props) {
    return (
      <Suspense fallback={<LoadingPlaceholder text="Loading" />}>
        <Editor {...props} />
      </Suspense>
    );
  };
}
