import {
  EventBusSrv,
  getDefaultTimeRange,
  LoadingState,
  type FieldConfigSource,
  type PanelData,
  type PanelProps,
} from '@grafana/data';

interface Shown<Options> {
  data: Partial<PanelData>;
  options: Options;
  width: number;
  height: number;
  timeZone?: string;
  fieldConfig?: FieldConfigSource;
}

/** What Grafana hands to a panel; what a test doesn't say is as of a panel that nobody has touched. */
export function panelProps<Options>({
  data,
  options,
  width,
  height,
  timeZone = 'utc',
  fieldConfig = { defaults: {}, overrides: [] },
}: Shown<Options>): PanelProps<Options> {
  const timeRange = getDefaultTimeRange();
  const ignore = () => undefined;
  return {
    id: 1,
    title: 'Panel',
    data: { series: [], state: LoadingState.Done, timeRange, ...data },
    ...{ options, width, height, timeZone, timeRange },
    fieldConfig,
    transparent: false,
    renderCounter: 1,
    eventBus: new EventBusSrv(),
    replaceVariables: (text) => text,
    onOptionsChange: ignore,
    onFieldConfigChange: ignore,
    onChangeTimeRange: ignore,
  };
}
