import {
  FieldColorModeId,
  FieldConfigProperty,
  formattedValueToString,
  getFieldDisplayValues,
  PanelPlugin,
  type FieldDisplay,
  type PanelProps,
} from '@grafana/data';
import { config, PanelDataErrorView } from '@grafana/runtime';
import { LegendDisplayMode, type LegendPlacement, type VizLegendOptions } from '@grafana/schema';
import { VizLayout, VizLegend } from '@grafana/ui';
import { get } from 'lodash';
import { ringPath } from './arcs';
import { addCalculation, type SingleValueOptions } from './single-values';
import { standInMeta } from './stand-in-meta';

interface PieOptions extends SingleValueOptions {
  pieType: 'pie' | 'donut';
  legend: VizLegendOptions & { values?: string[] };
}

interface Slice {
  name: string;
  color: string;
  value: string;
  share: number;
}

const percent = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)}%`;

/** Values that are missing or negative have no slice. */
function toSlices(values: readonly FieldDisplay[]): Slice[] {
  const shown = values.filter(({ display, field }) => display.numeric > 0 && !isHidden(field));
  const sum = shown.reduce((total, { display }) => total + display.numeric, 0);
  return shown
    .map(({ display }) => ({
      name: display.title ?? '',
      color: display.color ?? config.theme2.colors.text.secondary,
      value: formattedValueToString(display),
      share: display.numeric / sum,
    }))
    .sort((left, right) => right.share - left.share);
}

function isHidden({ custom }: { custom?: unknown }): boolean {
  return get(custom, 'hideFrom.viz') === true;
}

function Pie({ slices, inner, size }: { slices: readonly Slice[]; inner: number; size: number }) {
  const starts = slices.map((_slice, index) =>
    slices.slice(0, index).reduce((sum, slice) => sum + slice.share, 0),
  );
  return (
    <svg width={size} height={size} viewBox="-105 -105 210 210" role="img" aria-label="Pie chart">
      {slices.map((slice, index) => {
        const from = starts[index] ?? 0;
        return (
          <path
            key={`${slice.name}-${index}`}
            d={ringPath(100, inner, from, from + slice.share)}
            fill={slice.color}
          >
            <title>{`${slice.name}: ${slice.value} (${percent(slice.share)})`}</title>
          </path>
        );
      })}
    </svg>
  );
}

function PieLegend({ slices, options }: { slices: readonly Slice[]; options: PieOptions['legend'] }) {
  const wanted = options.values ?? [];
  return (
    <VizLegend
      displayMode={options.displayMode}
      placement={options.placement}
      readonly
      items={slices.map(({ name, color, value, share }) => ({
        label: name,
        color,
        yAxis: 1,
        getDisplayValues: () => [
          ...(wanted.includes('value') ? [{ numeric: share, text: value, title: 'Value' }] : []),
          ...(wanted.includes('percent') ? [{ numeric: share, text: percent(share), title: 'Percent' }] : []),
        ],
      }))}
    />
  );
}

function PieChartPanel(props: PanelProps<PieOptions>) {
  const { id, data, fieldConfig, options, width, height, replaceVariables, timeZone } = props;
  const { reduceOptions, legend, pieType } = options;
  const slices = toSlices(
    getFieldDisplayValues({
      fieldConfig,
      reduceOptions,
      replaceVariables,
      theme: config.theme2,
      data: data.series,
      timeZone,
    }),
  );
  if (slices.length === 0) {
    return <PanelDataErrorView panelId={id} data={data} fieldConfig={fieldConfig} />;
  }
  return (
    <VizLayout
      width={width}
      height={height}
      legend={
        legend.showLegend ? (
          <VizLayout.Legend placement={legend.placement} maxHeight="35%" maxWidth="45%">
            <PieLegend slices={slices} options={legend} />
          </VizLayout.Legend>
        ) : null
      }
    >
      {(vizWidth: number, vizHeight: number) => (
        <div style={{ width: vizWidth, height: vizHeight, display: 'flex', justifyContent: 'center' }}>
          <Pie slices={slices} inner={pieType === 'donut' ? 58 : 0} size={Math.min(vizWidth, vizHeight)} />
        </div>
      )}
    </VizLayout>
  );
}

const plugin = new PanelPlugin<PieOptions>(PieChartPanel)
  .useFieldConfig({
    standardOptions: {
      [FieldConfigProperty.Color]: {
        settings: { byValueSupport: false, bySeriesSupport: true },
        defaultValue: { mode: FieldColorModeId.PaletteClassic },
      },
    },
    useCustomConfig: (builder) => {
      builder.addCustomEditor({
        id: 'hideFrom',
        path: 'hideFrom',
        name: 'Hide in area',
        defaultValue: { viz: false, legend: false, tooltip: false },
        editor: () => null,
        override: () => null,
        process: (value: unknown) => value,
        shouldApply: () => true,
        hideFromDefaults: true,
      });
    },
  })
  .setPanelOptions((builder) => {
    addCalculation(builder)
      .addRadio({
        path: 'pieType',
        name: 'Type',
        defaultValue: 'pie',
        settings: {
          options: [
            { value: 'pie', label: 'Pie' },
            { value: 'donut', label: 'Donut' },
          ],
        },
      })
      .addBooleanSwitch({ path: 'legend.showLegend', name: 'Show legend', defaultValue: true })
      .addSelect({
        path: 'legend.displayMode',
        name: 'Legend',
        defaultValue: LegendDisplayMode.List,
        settings: { options: Object.entries(LegendDisplayMode).map(([label, value]) => ({ label, value })) },
      })
      .addRadio({
        path: 'legend.placement',
        name: 'Placement',
        defaultValue: 'bottom' satisfies LegendPlacement,
        settings: {
          options: [
            { label: 'Bottom', value: 'bottom' },
            { label: 'Right', value: 'right' },
          ],
        },
      })
      .addStringArray({ path: 'legend.values', name: 'Values', defaultValue: [] });
  });
plugin.meta = standInMeta('piechart', 'Pie chart');

export const pieChartPanel = plugin;
