import {
  FieldColorModeId,
  FieldConfigProperty,
  PanelPlugin,
  VizOrientation,
  type PanelProps,
} from '@grafana/data';
import { config, PanelDataErrorView } from '@grafana/runtime';
import { LegendDisplayMode, StackingMode, VisibilityMode, type VizLegendOptions } from '@grafana/schema';
import { VizLayout, VizLegend } from '@grafana/ui';
import type { CSSProperties } from 'react';
import { placeBars, toBarModel, type BarModel, type PlacedBar } from './bar-model';
import { choices } from './single-values';
import { standInMeta } from './stand-in-meta';

interface BarChartOptions {
  xField?: string;
  orientation: VizOrientation;
  showValue: VisibilityMode;
  stacking: StackingMode;
  legend: VizLegendOptions;
}

interface Shape {
  isHorizontal: boolean;
  isStacked: boolean;
  showValue: VisibilityMode;
}

const percent = (share: number): string => `${share * 100}%`;

function Rectangle({ placed, shape }: { placed: PlacedBar; shape: Shape }) {
  const { bar, across, along } = placed;
  const [start, size, from, length] = [across.start, across.size, along.start, along.size].map(percent);
  const isShown =
    shape.showValue === VisibilityMode.Always ||
    (shape.showValue === VisibilityMode.Auto && along.size > 0.12);
  const place: CSSProperties = shape.isHorizontal
    ? { top: start, height: size, left: from, width: length }
    : { left: start, width: size, bottom: from, height: length };
  const look: CSSProperties = {
    position: 'absolute',
    overflow: 'hidden',
    textAlign: 'center',
    whiteSpace: 'nowrap',
    borderRadius: 2,
    fontSize: 11,
    background: bar.color,
    color: config.theme2.colors.getContrastText(bar.color),
  };
  return (
    <div style={{ ...look, ...place }} title={`${bar.label}: ${bar.text}`} data-testid="bar">
      {isShown ? bar.text : ''}
    </div>
  );
}

/** The names of the categories, each beside its bars. */
function Labels({
  categories,
  isHorizontal,
  style,
}: {
  categories: string[];
  isHorizontal: boolean;
  style: CSSProperties;
}) {
  const label: CSSProperties = {
    flex: 1,
    minWidth: 0,
    alignContent: 'center',
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'nowrap',
    fontSize: 12,
    textAlign: isHorizontal ? 'right' : 'center',
  };
  return (
    <div style={{ ...style, display: 'flex', flexDirection: isHorizontal ? 'column' : 'row' }}>
      {categories.map((category, index) => (
        <div key={`${category}-${index}`} title={category} style={label}>
          {category}
        </div>
      ))}
    </div>
  );
}

interface BarsProps {
  model: BarModel;
  shape: Shape;
  width: number;
  height: number;
}

function Bars({ model, shape, width, height }: BarsProps) {
  const { isHorizontal, isStacked } = shape;
  const line = `1px solid ${config.theme2.colors.border.medium}`;
  const labels = isHorizontal ? { width: Math.min(160, width / 3), paddingRight: 8 } : { height: 20 };
  return (
    <div style={{ width, height, display: 'flex', flexDirection: isHorizontal ? 'row' : 'column-reverse' }}>
      <Labels categories={model.categories} isHorizontal={isHorizontal} style={labels} />
      <div style={{ flex: 1, position: 'relative', [isHorizontal ? 'borderLeft' : 'borderBottom']: line }}>
        {placeBars(model, isStacked).map((placed, index) => (
          <Rectangle key={`${placed.bar.label}-${index}`} placed={placed} shape={shape} />
        ))}
      </div>
    </div>
  );
}

/** Grafana's own rule differs in detail; a chart that is higher than wide lies down. */
function isHorizontalAt(orientation: VizOrientation, width: number, height: number): boolean {
  return orientation === VizOrientation.Horizontal || (orientation === VizOrientation.Auto && width < height);
}

function BarChartPanel(props: PanelProps<BarChartOptions>) {
  const { id, data, fieldConfig, options, width, height } = props;
  const isStacked = options.stacking !== StackingMode.None;
  const model = toBarModel(data.series, options.xField, isStacked);
  if (model === undefined) {
    return <PanelDataErrorView panelId={id} data={data} fieldConfig={fieldConfig} needsNumberField />;
  }
  const { legend, showValue, orientation } = options;
  const shape = { isStacked, showValue, isHorizontal: isHorizontalAt(orientation, width, height) };
  const items = model.series.map(({ name, color }) => ({ label: name, color, yAxis: 1 }));
  return (
    <VizLayout
      width={width}
      height={height}
      legend={
        legend.showLegend ? (
          <VizLayout.Legend placement={legend.placement}>
            <VizLegend readonly displayMode={legend.displayMode} placement={legend.placement} items={items} />
          </VizLayout.Legend>
        ) : null
      }
    >
      {(vizWidth: number, vizHeight: number) => (
        <Bars model={model} shape={shape} width={vizWidth} height={vizHeight} />
      )}
    </VizLayout>
  );
}

const hidden = (path: string, defaultValue: unknown) => ({
  id: path,
  path,
  name: path,
  defaultValue,
  editor: () => null,
  override: () => null,
  process: (value: unknown) => value,
  shouldApply: () => true,
  hideFromDefaults: true,
});

const plugin = new PanelPlugin<BarChartOptions>(BarChartPanel)
  .useFieldConfig({
    standardOptions: {
      [FieldConfigProperty.Color]: {
        settings: { byValueSupport: true, bySeriesSupport: true },
        defaultValue: { mode: FieldColorModeId.PaletteClassic },
      },
    },
    useCustomConfig: (builder) => {
      builder
        .addCustomEditor(hidden('hideFrom', { viz: false, legend: false, tooltip: false }))
        .addCustomEditor(hidden('fillOpacity', 80))
        .addCustomEditor(hidden('lineWidth', 1))
        .addCustomEditor(hidden('axisPlacement', 'auto'));
    },
  })
  .setPanelOptions((builder) => {
    builder
      .addFieldNamePicker({ path: 'xField', name: 'X axis' })
      .addRadio({
        path: 'orientation',
        name: 'Orientation',
        defaultValue: VizOrientation.Auto,
        settings: choices(VizOrientation),
      })
      .addRadio({
        path: 'showValue',
        name: 'Show values',
        defaultValue: VisibilityMode.Auto,
        settings: choices(VisibilityMode),
      })
      .addRadio({
        path: 'stacking',
        name: 'Stacking',
        defaultValue: StackingMode.None,
        settings: choices({ Off: StackingMode.None, Normal: StackingMode.Normal }),
      })
      .addBooleanSwitch({ path: 'legend.showLegend', name: 'Show legend', defaultValue: true })
      .addRadio({
        path: 'legend.placement',
        name: 'Placement',
        defaultValue: 'bottom',
        settings: choices({ Bottom: 'bottom', Right: 'right' }),
      })
      .addRadio({
        path: 'legend.displayMode',
        name: 'Legend',
        defaultValue: LegendDisplayMode.List,
        settings: choices(LegendDisplayMode),
      });
  });
plugin.meta = standInMeta('barchart', 'Bar chart');

export const barChartPanel = plugin;
