import {
  CoreApp,
  PluginContextProvider,
  type DataQuery,
  type DataSourceApi,
  type PanelData,
} from '@grafana/data';
import type { SceneQueryRunner } from '@grafana/scenes';
import { Alert, Button, IconButton, Stack, useStyles2 } from '@grafana/ui';
import type { GrafanaTheme2 } from '@grafana/data';
import { css } from '@emotion/css';
import { loadSource, type Source } from './load-source';
import { PageState } from './page-state';
import { useLoaded } from './use-loaded';

const getStyles = (theme: GrafanaTheme2) => ({
  query: css({
    border: `1px solid ${theme.colors.border.weak}`,
    borderRadius: theme.shape.radius.default,
    background: theme.colors.background.primary,
    padding: theme.spacing(1, 1.5, 1.5),
  }),
  head: css({
    display: 'flex',
    justifyContent: 'space-between',
    marginBottom: theme.spacing(1),
    fontWeight: 500,
    color: theme.colors.primary.text,
  }),
});

/** The first letter that no query has yet. */
function nextRefId(queries: readonly DataQuery[]): string {
  const taken = new Set(queries.map((query) => query.refId));
  const letters = Array.from({ length: 26 }, (_unused, index) => String.fromCodePoint(65 + index));
  return letters.find((letter) => !taken.has(letter)) ?? `Q${queries.length}`;
}

function defaultsOf(datasource: DataSourceApi, app: CoreApp): Partial<DataQuery> {
  return datasource.getDefaultQuery?.(app) ?? {};
}

interface Hosted {
  runner: SceneQueryRunner;
  data: PanelData | undefined;
  /** Where the editor stands; plugins may differ by it. */
  app?: CoreApp;
}

type EditorsProps = Hosted & Source;

function Editors({ runner, datasource, settings, data, app = CoreApp.PanelEditor }: EditorsProps) {
  const styles = useStyles2(getStyles);
  const { queries } = runner.useState();
  const QueryEditor = datasource.components?.QueryEditor;
  if (QueryEditor === undefined) {
    return <Alert severity="info" title="This data source has no query editor." />;
  }
  const save = (next: DataQuery[]): void => runner.setState({ queries: next });
  return (
    <PluginContextProvider meta={settings.meta}>
      <Stack direction="column" gap={1}>
        {queries.map((query, index) => (
          <section key={query.refId} className={styles.query} data-testid={`query-${query.refId}`}>
            <div className={styles.head}>
              <span>
                {query.refId} ({settings.name})
              </span>
              <IconButton
                name="trash-alt"
                aria-label={`Remove query ${query.refId}`}
                tooltip="Remove query"
                disabled={queries.length === 1}
                onClick={() => {
                  save(queries.filter((_query, at) => at !== index));
                  runner.runQueries();
                }}
              />
            </div>
            <QueryEditor
              datasource={datasource}
              query={query}
              queries={[...queries]}
              app={app}
              data={data}
              range={data?.timeRange}
              onChange={(changed) => save(queries.map((kept, at) => (at === index ? changed : kept)))}
              onRunQuery={() => runner.runQueries()}
            />
          </section>
        ))}
        <Stack direction="row">
          <Button
            variant="secondary"
            icon="plus"
            size="sm"
            onClick={() => save([...queries, { ...defaultsOf(datasource, app), refId: nextRefId(queries) }])}
          >
            Add query
          </Button>
          <Button variant="secondary" icon="sync" size="sm" onClick={() => runner.runQueries()}>
            Run queries
          </Button>
        </Stack>
      </Stack>
    </PluginContextProvider>
  );
}

/** Queries through the plugin's own editor. */
export function QueriesEditor({ runner, ...shown }: Hosted) {
  const uid = runner.state.datasource?.uid;
  const loaded = useLoaded(uid ?? '', () => loadSource(runner.state.datasource));
  return (
    <PageState loaded={loaded}>{(source) => <Editors runner={runner} {...shown} {...source} />}</PageState>
  );
}
