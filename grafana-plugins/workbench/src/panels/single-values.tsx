import {
  FieldColorModeId,
  FieldConfigProperty,
  getDisplayValueAlignmentFactors,
  getFieldDisplayValues,
  PanelPlugin,
  VizOrientation,
  type FieldDisplay,
  type PanelOptionsEditorBuilder,
  type PanelProps,
  type ReduceDataOptions,
} from '@grafana/data';
import { config, PanelDataErrorView } from '@grafana/runtime';
import {
  BarGaugeDisplayMode,
  BigValueColorMode,
  BigValueGraphMode,
  BigValueJustifyMode,
  BigValueTextMode,
} from '@grafana/schema';
import {
  BarGauge,
  BigValue,
  DataLinksContextMenu,
  VizRepeater,
  type VizRepeaterRenderValueProps,
} from '@grafana/ui';
import type { ReactElement } from 'react';
import { standInMeta } from './stand-in-meta';

export interface SingleValueOptions {
  reduceOptions: ReduceDataOptions;
  orientation: VizOrientation;
}

interface StatOptions extends SingleValueOptions {
  colorMode: BigValueColorMode;
  graphMode: BigValueGraphMode;
  justifyMode: BigValueJustifyMode;
  textMode: BigValueTextMode;
}

interface BarGaugeOptions extends SingleValueOptions {
  displayMode: BarGaugeDisplayMode;
  showUnfilled: boolean;
}

type SharedProps =
  'id' | 'data' | 'fieldConfig' | 'width' | 'height' | 'replaceVariables' | 'renderCounter' | 'timeZone';

type RenderValue = (props: VizRepeaterRenderValueProps<FieldDisplay>) => ReactElement;

/** One picture for each value of the panel's data, with the data links of the value behind it. */
export function Values({
  props,
  render,
  sparkline,
  autoGrid = true,
}: {
  props: Pick<PanelProps, SharedProps> & { options: SingleValueOptions };
  render: RenderValue;
  sparkline: boolean;
  /** Whether several values may stand in rows and columns. */
  autoGrid?: boolean;
}) {
  const { id, data, fieldConfig, width, height, options, replaceVariables, renderCounter, timeZone } = props;
  const getValues = (): FieldDisplay[] =>
    getFieldDisplayValues({
      fieldConfig,
      reduceOptions: options.reduceOptions,
      replaceVariables,
      theme: config.theme2,
      data: data.series,
      sparkline,
      timeZone,
    });
  if (data.series.length === 0) {
    return <PanelDataErrorView panelId={id} data={data} fieldConfig={fieldConfig} />;
  }
  return (
    <VizRepeater
      getValues={getValues}
      getAlignmentFactors={getDisplayValueAlignmentFactors}
      renderValue={(value) =>
        value.value.hasLinks && value.value.getLinks !== undefined ? (
          <DataLinksContextMenu links={value.value.getLinks} style={{ flexGrow: 1 }}>
            {({ openMenu }) => (
              <div onClick={openMenu} style={{ cursor: 'context-menu' }}>
                {render(value)}
              </div>
            )}
          </DataLinksContextMenu>
        ) : (
          render(value)
        )
      }
      source={data}
      width={width}
      height={height}
      renderCounter={renderCounter}
      orientation={options.orientation}
      autoGrid={autoGrid}
    />
  );
}

function StatPanel(props: PanelProps<StatOptions>) {
  const { options } = props;
  const hasGraph = options.graphMode === BigValueGraphMode.Area;
  return (
    <Values
      props={props}
      sparkline={hasGraph}
      render={({ value, width, height, count }) => (
        <BigValue
          value={value.display}
          sparkline={hasGraph ? value.sparkline : undefined}
          count={count}
          colorMode={options.colorMode}
          graphMode={options.graphMode}
          justifyMode={options.justifyMode}
          textMode={options.textMode}
          width={width}
          height={height}
          theme={config.theme2}
        />
      )}
    />
  );
}

function BarGaugePanel(props: PanelProps<BarGaugeOptions>) {
  const { options } = props;
  return (
    <Values
      props={props}
      sparkline={false}
      autoGrid={false}
      render={({ value, width, height, orientation }) => (
        <BarGauge
          value={value.display}
          field={value.field}
          display={value.view?.getFieldDisplayProcessor(value.colIndex ?? 0)}
          width={width}
          height={height}
          orientation={orientation}
          displayMode={options.displayMode}
          showUnfilled={options.showUnfilled}
          theme={config.theme2}
        />
      )}
    />
  );
}

export const choices = <T extends string>(
  values: Record<string, T>,
): { options: Array<{ label: string; value: T }> } => ({
  options: Object.entries(values).map(([label, value]) => ({ label, value })),
});
const reduceDefaults: ReduceDataOptions = { values: false, calcs: ['lastNotNull'], fields: '' };
export const colorByThresholds = {
  [FieldConfigProperty.Color]: {
    settings: { byValueSupport: true, preferThresholdsMode: true },
    defaultValue: { mode: FieldColorModeId.Thresholds },
  },
};

type Builder<Options> = PanelOptionsEditorBuilder<Options>;

/** Kept as it is saved: the host has no editor for it. */
export function addCalculation<Options>(builder: Builder<Options>): Builder<Options> {
  return builder.addCustomEditor({
    id: 'reduceOptions',
    path: 'reduceOptions',
    name: 'Calculation',
    editor: () => null,
    defaultValue: reduceDefaults,
  });
}

export function addOrientation<Options>(builder: Builder<Options>): Builder<Options> {
  return builder.addRadio({
    path: 'orientation',
    name: 'Orientation',
    defaultValue: VizOrientation.Auto,
    settings: choices(VizOrientation),
  });
}

const stat = new PanelPlugin<StatOptions>(StatPanel)
  .useFieldConfig({ standardOptions: colorByThresholds })
  .setPanelOptions((builder) => {
    addOrientation(addCalculation(builder))
      .addSelect({
        path: 'textMode',
        name: 'Text mode',
        defaultValue: BigValueTextMode.Auto,
        settings: choices(BigValueTextMode),
      })
      .addSelect({
        path: 'colorMode',
        name: 'Color mode',
        defaultValue: BigValueColorMode.Value,
        settings: choices(BigValueColorMode),
      })
      .addRadio({
        path: 'graphMode',
        name: 'Graph mode',
        defaultValue: BigValueGraphMode.Area,
        settings: choices(BigValueGraphMode),
      })
      .addRadio({
        path: 'justifyMode',
        name: 'Text alignment',
        defaultValue: BigValueJustifyMode.Auto,
        settings: choices(BigValueJustifyMode),
      });
  });
stat.meta = standInMeta('stat', 'Stat');

const barGauge = new PanelPlugin<BarGaugeOptions>(BarGaugePanel)
  .useFieldConfig({ standardOptions: colorByThresholds })
  .setPanelOptions((builder) => {
    addOrientation(addCalculation(builder))
      .addRadio({
        path: 'displayMode',
        name: 'Display mode',
        defaultValue: BarGaugeDisplayMode.Gradient,
        settings: choices(BarGaugeDisplayMode),
      })
      .addBooleanSwitch({ path: 'showUnfilled', name: 'Show unfilled area', defaultValue: true });
  });
barGauge.meta = standInMeta('bargauge', 'Bar gauge');

export const statPanel = stat;
export const barGaugePanel = barGauge;
