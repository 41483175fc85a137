import { CoreApp, LoadingState, type DataQueryRequest, type PanelData } from '@grafana/data';
import {
  EmbeddedScene,
  SceneControlsSpacer,
  SceneDataNode,
  sceneGraph,
  SceneObjectBase,
  SceneQueryRunner,
  SceneRefreshPicker,
  SceneTimePicker,
  SceneTimeRange,
  VizPanel,
  type DataRequestEnricher,
  type SceneComponentProps,
  type SceneObjectState,
} from '@grafana/scenes';
import { useEffect, type ReactElement } from 'react';
import type { Unsubscribable } from 'rxjs';
import { QueriesEditor } from '../pages/QueriesEditor';
import type { ExploreState } from './explore-state';
import { runLogVolume } from './log-volume';
import { splitFrames } from './split-frames';

type PanelName = 'graph' | 'volume' | 'logs' | 'table';

interface ResultsState extends SceneObjectState, Record<PanelName, VizPanel> {
  onRun: (state: ExploreState) => void;
}

const emptyNode = (): SceneDataNode => new SceneDataNode();

function buildPanels(): Record<PanelName, VizPanel> {
  const bars = {
    drawStyle: 'bars',
    fillOpacity: 100,
    lineWidth: 0,
    stacking: { mode: 'normal', group: 'A' },
  };
  return {
    graph: new VizPanel({ title: 'Graph', pluginId: 'timeseries', $data: emptyNode() }),
    volume: new VizPanel({
      title: 'Log volume',
      pluginId: 'timeseries',
      $data: emptyNode(),
      fieldConfig: { defaults: { custom: bars, min: 0 }, overrides: [] },
    }),
    logs: new VizPanel({ title: 'Logs', pluginId: 'logs', $data: emptyNode() }),
    table: new VizPanel({ title: 'Table', pluginId: 'table', $data: emptyNode() }),
  };
}

const heights: Record<PanelName, number> = { graph: 320, volume: 180, logs: 480, table: 360 };
const order: PanelName[] = ['graph', 'volume', 'logs', 'table'];

function setFrames(panel: VizPanel, data: PanelData | undefined): void {
  if (panel.state.$data instanceof SceneDataNode && data !== undefined) {
    panel.state.$data.setState({ data });
  }
}

function hasFrames(panel: VizPanel): boolean {
  return (sceneGraph.getData(panel).state.data?.series.length ?? 0) > 0;
}

/** The queries and what they gave: each kind of frame in the panel that suits it. */
class ExploreResults extends SceneObjectBase<ResultsState> {
  public static Component = Results;
  private volumeSub?: Unsubscribable;
  private volumeOf?: string;

  public constructor(runner: SceneQueryRunner, onRun: ResultsState['onRun']) {
    super({ ...buildPanels(), $data: runner, onRun });
    this.addActivationHandler(() => () => this.volumeSub?.unsubscribe());
  }

  public show(data: PanelData | undefined): void {
    if (data === undefined) {
      return;
    }
    const split = splitFrames(data.series);
    setFrames(this.state.graph, { ...data, series: split.graph });
    setFrames(this.state.logs, { ...data, series: split.logs });
    setFrames(this.state.table, { ...data, series: split.table });
    if (data.state === LoadingState.Done && data.request !== undefined) {
      this.follow(data.request, split.logs.length > 0);
      this.state.onRun(this.describe(data.request));
    }
    this.forceRender();
  }

  private describe(request: DataQueryRequest): ExploreState {
    const { from, to } = request.range.raw;
    const text = (time: typeof from): string => (typeof time === 'string' ? time : String(time.valueOf()));
    const runner = sceneGraph.getData(this);
    const isRunner = runner instanceof SceneQueryRunner;
    return {
      datasource: isRunner ? runner.state.datasource?.uid : undefined,
      queries: isRunner ? runner.state.queries : [],
      range: { from: text(from), to: text(to) },
    };
  }

  private follow(request: DataQueryRequest, hasLogs: boolean): void {
    if (this.volumeOf === request.requestId) {
      return;
    }
    this.volumeOf = request.requestId;
    this.volumeSub?.unsubscribe();
    if (!hasLogs) {
      setFrames(this.state.volume, { state: LoadingState.Done, series: [], timeRange: request.range });
      return;
    }
    this.volumeSub = runLogVolume(request).subscribe((data) => {
      setFrames(this.state.volume, data);
      this.forceRender();
    });
  }
}

function Results({ model }: SceneComponentProps<ExploreResults>): ReactElement {
  const panels = model.useState();
  const runner = sceneGraph.getData(model);
  const { data } = runner.useState();
  useEffect(() => model.show(data), [model, data]);
  const shown = order.filter((name) => hasFrames(panels[name]));
  return (
    <div style={{ width: '100%', minWidth: 0 }}>
      {runner instanceof SceneQueryRunner && (
        <QueriesEditor runner={runner} data={data} app={CoreApp.Explore} />
      )}
      {data?.errors?.map((error) => (
        <p key={error.refId ?? error.message} role="alert">
          {error.refId}: {error.message}
        </p>
      ))}
      {shown.length === 0 && data?.state === LoadingState.Done && <p>No data</p>}
      {shown.map((name) => {
        const panel = panels[name];
        return (
          <div
            key={name}
            style={{ height: heights[name], marginTop: 8, display: 'flex', position: 'relative' }}
          >
            <panel.Component model={panel} />
          </div>
        );
      })}
    </div>
  );
}

/** The root of the page: it says that Explore asks. */
export class ExploreScene extends EmbeddedScene implements DataRequestEnricher {
  public enrichDataRequest(): Partial<DataQueryRequest> {
    return { app: CoreApp.Explore };
  }
}

/** The points that a chart of this width can show. */
const maxDataPoints = 1_000;

/** @param state with a data source and at least one query */
export function buildExplore(
  state: ExploreState & { datasource: string },
  onRun: ResultsState['onRun'],
): ExploreScene {
  const { datasource, queries, range } = state;
  const runner = new SceneQueryRunner({ datasource: { uid: datasource }, queries, maxDataPoints });
  return new ExploreScene({
    $timeRange: new SceneTimeRange(range),
    controls: [
      new SceneControlsSpacer(),
      new SceneTimePicker({ isOnCanvas: true }),
      new SceneRefreshPicker({ isOnCanvas: true }),
    ],
    body: new ExploreResults(runner, onRun),
  });
}
