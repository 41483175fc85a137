import { CoreApp } from '@grafana/data';
import { getDataSourceSrv, locationService } from '@grafana/runtime';
import { Combobox, Field } from '@grafana/ui';
import { useMemo, useRef } from 'react';
import { useLocation } from 'react-router-dom';
import { buildExplore } from '../explore/ExploreScene';
import { formatExplore, parseExplore, type ExploreState } from '../explore/explore-state';
import { useSceneContext } from './DashboardPage';
import { PageState } from './page-state';
import { useLoaded } from './use-loaded';

type WithSource = ExploreState & { datasource: string };

/** Fills in what the address leaves open: the data source, and the query that it starts with. */
async function complete(state: ExploreState): Promise<WithSource> {
  const datasource = await getDataSourceSrv().get(state.datasource);
  const first = { ...datasource.getDefaultQuery?.(CoreApp.Explore), refId: 'A' };
  return {
    ...state,
    datasource: datasource.uid,
    queries: state.queries.length > 0 ? state.queries : [first],
  };
}

function Explore({ state, onRun }: { state: WithSource; onRun: (state: ExploreState) => void }) {
  // A later run of the same page calls the first callback, which is as good.
  const scene = useMemo(() => buildExplore(state, onRun), [state, onRun]);
  useSceneContext(scene);
  return <scene.Component model={scene} />;
}

function SourcePicker({ state }: { state: WithSource }) {
  const options = getDataSourceSrv()
    .getList({ metrics: true })
    .map(({ name, uid }) => ({ label: name, value: uid }));
  return (
    <Field label="Data source" htmlFor="explore-source" noMargin>
      <Combobox
        id="explore-source"
        width={32}
        options={options}
        value={state.datasource}
        onChange={({ value }) =>
          locationService.push(
            `/explore${formatExplore({ datasource: value, queries: [], range: state.range })}`,
          )
        }
      />
    </Field>
  );
}

/** Questions outside of dashboards: a query, its answer as chart, table and log lines, all of it in the address. */
export function ExplorePage() {
  const { search } = useLocation();
  // What the page itself writes into the address must not build it anew.
  const written = useRef({ search: '', key: '' });
  const key = search === written.current.search ? written.current.key : search;
  const loaded = useLoaded(key, () => complete(parseExplore(key)));
  const onRun = useMemo(
    () => (state: ExploreState) => {
      const next = formatExplore(state);
      written.current = { search: next, key };
      if (locationService.getLocation().pathname === '/explore') {
        locationService.replace(`/explore${next}`);
      }
    },
    [key],
  );
  return (
    <>
      <h1 style={{ fontSize: 22 }}>Explore</h1>
      <PageState loaded={loaded}>
        {(state) => (
          <>
            <SourcePicker state={state} />
            <Explore key={key} state={state} onRun={onRun} />
          </>
        )}
      </PageState>
    </>
  );
}
