import {
  FieldColorModeId,
  FieldConfigProperty,
  FieldType,
  PanelPlugin,
  type PanelProps,
} from '@grafana/data';
import { PanelDataErrorView } from '@grafana/runtime';
import {
  AxisPlacement,
  BarAlignment,
  GraphDrawStyle,
  GraphGradientMode,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LineInterpolation,
  ScaleDistribution,
  SortOrder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  type GraphFieldConfig,
  type LegendPlacement,
  type VizLegendOptions,
} from '@grafana/schema';
import { TimeSeries, TooltipPlugin, ZoomPlugin } from '@grafana/ui';
import { AnnotationsPlugin } from './AnnotationsPlugin';
import { DataLinksPlugin } from './DataLinksPlugin';
import { standInMeta } from './stand-in-meta';

interface TimeSeriesOptions {
  legend: VizLegendOptions;
  tooltip: { mode: TooltipDisplayMode; sort: SortOrder };
}

function TimeSeriesPanel(props: PanelProps<TimeSeriesOptions>) {
  const { id, data, fieldConfig, width, height, timeRange, timeZone, options, onChangeTimeRange } = props;
  const frames = data.series.filter(
    (frame) => frame.length > 0 && frame.fields.some((field) => field.type === FieldType.number),
  );
  if (
    frames.length === 0 ||
    frames.every((frame) => frame.fields.every((field) => field.type !== FieldType.time))
  ) {
    return (
      <PanelDataErrorView
        panelId={id}
        data={data}
        fieldConfig={fieldConfig}
        needsTimeField
        needsNumberField
      />
    );
  }
  return (
    <TimeSeries
      frames={frames}
      structureRev={data.structureRev}
      timeRange={timeRange}
      timeZone={timeZone}
      width={width}
      height={height}
      legend={options.legend}
    >
      {(config, alignedFrame) => {
        // Half of the last label of the time axis stands to the right of the last point.
        config.setPadding([8, 24, 0, 4]);
        return (
          <>
            <ZoomPlugin config={config} onZoom={({ from, to }) => onChangeTimeRange({ from, to })} />
            <TooltipPlugin
              config={config}
              data={alignedFrame}
              frames={frames}
              mode={options.tooltip.mode}
              sortOrder={options.tooltip.sort}
              timeZone={timeZone}
            />
            <DataLinksPlugin config={config} frames={frames} />
            <AnnotationsPlugin config={config} annotations={data.annotations} timeZone={timeZone} />
          </>
        );
      }}
    </TimeSeries>
  );
}

const graphDefaults: GraphFieldConfig = {
  drawStyle: GraphDrawStyle.Line,
  lineInterpolation: LineInterpolation.Linear,
  lineWidth: 1,
  fillOpacity: 0,
  gradientMode: GraphGradientMode.None,
  barAlignment: BarAlignment.Center,
  barWidthFactor: 0.6,
  stacking: { mode: StackingMode.None, group: 'A' },
  axisPlacement: AxisPlacement.Auto,
  scaleDistribution: { type: ScaleDistribution.Linear },
  showPoints: VisibilityMode.Auto,
  pointSize: 5,
  spanNulls: false,
  hideFrom: { viz: false, legend: false, tooltip: false },
  thresholdsStyle: { mode: GraphThresholdsStyleMode.Off },
};

const hidden = (path: keyof GraphFieldConfig) => ({
  id: path,
  path,
  name: path,
  defaultValue: graphDefaults[path],
  editor: () => null,
  override: () => null,
  process: (value: unknown) => value,
  shouldApply: () => true,
  hideFromDefaults: true,
});

const plainOptions: Array<keyof GraphFieldConfig> = [
  'lineInterpolation',
  'gradientMode',
  'barAlignment',
  'barWidthFactor',
  'stacking',
  'axisPlacement',
  'axisLabel',
  'axisSoftMin',
  'axisSoftMax',
  'axisCenteredZero',
  'scaleDistribution',
  'showPoints',
  'pointSize',
  'spanNulls',
  'hideFrom',
  'thresholdsStyle',
  'lineStyle',
  'lineColor',
  'fillColor',
  'transform',
  'axisGridShow',
  'axisColorMode',
  'axisBorderShow',
  'insertNulls',
];

const plugin = new PanelPlugin<TimeSeriesOptions, GraphFieldConfig>(TimeSeriesPanel)
  .setDataSupport({ annotations: true })
  .useFieldConfig({
    standardOptions: {
      [FieldConfigProperty.Color]: {
        settings: { byValueSupport: true, bySeriesSupport: true },
        defaultValue: { mode: FieldColorModeId.PaletteClassic },
      },
    },
    useCustomConfig: (builder) => {
      builder
        .addRadio({
          path: 'drawStyle',
          name: 'Style',
          category: ['Graph styles'],
          defaultValue: graphDefaults.drawStyle,
          settings: { options: Object.entries(GraphDrawStyle).map(([label, value]) => ({ label, value })) },
        })
        .addSliderInput({
          path: 'lineWidth',
          name: 'Line width',
          category: ['Graph styles'],
          defaultValue: 1,
          settings: { min: 0, max: 10, step: 1 },
        })
        .addSliderInput({
          path: 'fillOpacity',
          name: 'Fill opacity',
          category: ['Graph styles'],
          defaultValue: 0,
          settings: { min: 0, max: 100, step: 1 },
        });
      plainOptions.forEach((path) => builder.addCustomEditor(hidden(path)));
    },
  })
  .setPanelOptions((builder) => {
    builder
      .addRadio({
        path: 'legend.displayMode',
        name: 'Legend',
        category: ['Legend'],
        defaultValue: LegendDisplayMode.List,
        settings: { options: Object.entries(LegendDisplayMode).map(([label, value]) => ({ label, value })) },
      })
      .addBooleanSwitch({
        path: 'legend.showLegend',
        name: 'Show legend',
        category: ['Legend'],
        defaultValue: true,
      })
      .addRadio({
        path: 'legend.placement',
        name: 'Placement',
        category: ['Legend'],
        defaultValue: 'bottom' satisfies LegendPlacement,
        settings: {
          options: [
            { label: 'Bottom', value: 'bottom' },
            { label: 'Right', value: 'right' },
          ],
        },
      })
      .addStringArray({ path: 'legend.calcs', name: 'Values', category: ['Legend'], defaultValue: [] })
      .addRadio({
        path: 'tooltip.mode',
        name: 'Tooltip',
        category: ['Tooltip'],
        defaultValue: TooltipDisplayMode.Multi,
        settings: { options: Object.entries(TooltipDisplayMode).map(([label, value]) => ({ label, value })) },
      })
      .addRadio({
        path: 'tooltip.sort',
        name: 'Order',
        category: ['Tooltip'],
        defaultValue: SortOrder.None,
        settings: { options: Object.entries(SortOrder).map(([label, value]) => ({ label, value })) },
      });
  });
plugin.meta = standInMeta('timeseries', 'Time series');

export const timeSeriesPanel = plugin;
