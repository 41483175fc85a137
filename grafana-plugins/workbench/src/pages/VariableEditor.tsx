import { CoreApp, CustomVariableSupport, PluginContextProvider, type DataQuery } from '@grafana/data';
import { sceneGraph, type QueryVariable } from '@grafana/scenes';
import { Alert, TagList } from '@grafana/ui';
import type { Source } from './load-source';

/** One query variable through its plugin's own editor, and the values that it has. */
export function VariableEditor({ variable, source }: { variable: QueryVariable; source: Source }) {
  const state = variable.useState();
  const { name, query, options } = state;
  const error: unknown = state.error;
  const { datasource, settings } = source;
  const support = datasource.variables;
  if (!(support instanceof CustomVariableSupport)) {
    return <Alert severity="info" title={`${settings.name} has no editor for variables of its own.`} />;
  }
  const Editor = support.editor;
  const asked = typeof query === 'string' ? { refId: name, query } : query;
  return (
    <section data-testid={`variable-${name}`}>
      <h3>{name}</h3>
      <PluginContextProvider meta={settings.meta}>
        <Editor
          datasource={datasource}
          query={asked}
          app={CoreApp.Dashboard}
          range={sceneGraph.getTimeRange(variable).state.value}
          onChange={(changed: DataQuery) => {
            variable.setState({ query: changed });
            variable.refreshOptions();
          }}
          onRunQuery={() => variable.refreshOptions()}
        />
      </PluginContextProvider>
      {typeof error === 'string' && <Alert title="The values cannot be read">{error}</Alert>}
      <TagList tags={options.map(({ label }) => label)} displayMax={40} />
    </section>
  );
}
