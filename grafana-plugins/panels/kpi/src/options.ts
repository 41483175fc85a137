import { fieldReducers, type PanelOptionsEditorBuilder } from '@grafana/data';
import { defaultOptions } from './migrations';
import type { KpiPanelOptions } from './types';

/** The panel's options, made of Grafana's standard editors alone. */
export function buildOptions(builder: PanelOptionsEditorBuilder<KpiPanelOptions>): void {
  addValueOptions(builder);
  addChangeOptions(builder);
  addAppearanceOptions(builder);
}

function addValueOptions(builder: PanelOptionsEditorBuilder<KpiPanelOptions>): void {
  const category = ['Value'];
  builder
    .addRadio({
      path: 'valueSource',
      name: 'Value',
      description:
        'The total that the data source computed over the whole range, or a calculation over the intervals. Ratios, percentiles and distinct counts are only right as a total.',
      category,
      defaultValue: defaultOptions.valueSource,
      settings: {
        options: [
          { value: 'auto', label: 'Total' },
          { value: 'reducer', label: 'Calculation' },
        ],
      },
    })
    .addSelect({
      path: 'reducer',
      name: 'Calculation',
      description: 'Used where the data source gives no total.',
      category,
      defaultValue: defaultOptions.reducer,
      settings: {
        options: fieldReducers
          .selectOptions()
          .options.flatMap(({ value, label, description }) =>
            value === undefined ? [] : [{ value, label: label ?? value, description: description ?? '' }],
          ),
      },
    })
    .addNumberInput({
      path: 'target',
      name: 'Target',
      description:
        "In the value's own unit: 0.9 for 90 %. Where down is good it is a ceiling, such as a budget.",
      category,
      settings: { placeholder: 'None' },
    });
}

function addChangeOptions(builder: PanelOptionsEditorBuilder<KpiPanelOptions>): void {
  const category = ['Change'];
  builder
    .addSelect({
      path: 'deltaMode',
      name: 'Show change as',
      description: 'Needs a query with a comparison.',
      category,
      defaultValue: defaultOptions.deltaMode,
      settings: {
        options: [
          {
            value: 'auto',
            label: 'Automatic',
            description: 'Points for ratios, percent for everything else',
          },
          { value: 'percent', label: 'Percent' },
          { value: 'absolute', label: 'Difference' },
          { value: 'points', label: 'Percentage points' },
          { value: 'none', label: 'Hidden' },
        ],
      },
    })
    .addSelect({
      path: 'direction',
      name: 'Good direction',
      category,
      defaultValue: defaultOptions.direction,
      settings: {
        options: [
          { value: 'auto', label: 'As the KPI says' },
          { value: 'up', label: 'Up is good' },
          { value: 'down', label: 'Down is good' },
          { value: 'neutral', label: 'Neither' },
        ],
      },
    })
    .addNumberInput({
      path: 'neutralBandPercent',
      name: 'Neutral band',
      description: 'Changes smaller than this many percent are neither good nor bad.',
      category,
      defaultValue: defaultOptions.neutralBandPercent,
      settings: { min: 0, max: 100 },
    });
}

function addAppearanceOptions(builder: PanelOptionsEditorBuilder<KpiPanelOptions>): void {
  const category = ['Appearance'];
  builder
    .addRadio({
      path: 'sparkline',
      name: 'Trend',
      category,
      defaultValue: defaultOptions.sparkline,
      settings: {
        options: [
          { value: 'area', label: 'Area' },
          { value: 'line', label: 'Line' },
          { value: 'none', label: 'None' },
        ],
      },
    })
    .addBooleanSwitch({
      path: 'showPrevious',
      name: 'Previous period as a dashed line',
      category,
      defaultValue: defaultOptions.showPrevious,
      showIf: ({ sparkline }) => sparkline !== 'none',
    })
    .addRadio({
      path: 'colorMode',
      name: 'Threshold colour',
      category,
      defaultValue: defaultOptions.colorMode,
      settings: {
        options: [
          { value: 'value', label: 'Value' },
          { value: 'background', label: 'Background' },
          { value: 'none', label: 'None' },
        ],
      },
    })
    .addRadio({
      path: 'titleMode',
      name: 'Name of the KPI',
      description: 'Automatic: when there are several.',
      category,
      defaultValue: defaultOptions.titleMode,
      settings: {
        options: [
          { value: 'auto', label: 'Automatic' },
          { value: 'always', label: 'Always' },
          { value: 'never', label: 'Never' },
        ],
      },
    })
    .addBooleanSwitch({
      path: 'showDefinition',
      name: 'Definition',
      description: 'An icon that explains the number.',
      category,
      defaultValue: defaultOptions.showDefinition,
    });
}
