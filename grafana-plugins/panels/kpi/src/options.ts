import { fieldReducers, type PanelOptionsEditorBuilder } from '@grafana/data';
import { decimalsBounds, defaultOptions } from './migrations';
import type { KpiPanelOptions } from './types';

/** The panel's options, made of Grafana's standard editors alone. */
export function buildOptions(builder: PanelOptionsEditorBuilder<KpiPanelOptions>): void {
  addValueOptions(builder);
  addChangeOptions(builder);
  addJudgementOptions(builder);
  addTargetOptions(builder);
  addQualityOptions(builder);
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
    .addTextInput({
      path: 'valueField',
      name: 'Field',
      description: 'The only field to show. Empty: every number of the result.',
      category,
      defaultValue: defaultOptions.valueField,
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
    .addTextInput({
      path: 'prefix',
      name: 'Before the value',
      category,
      defaultValue: defaultOptions.prefix,
    })
    .addTextInput({
      path: 'suffix',
      name: 'After the value',
      category,
      defaultValue: defaultOptions.suffix,
    });
}

function addTargetOptions(builder: PanelOptionsEditorBuilder<KpiPanelOptions>): void {
  const category = ['Target'];
  builder
    .addRadio({
      path: 'targetSource',
      name: 'Target',
      description: 'Automatic: the number below, else the target that comes with the data.',
      category,
      defaultValue: defaultOptions.targetSource,
      settings: {
        options: [
          { value: 'auto', label: 'Automatic' },
          { value: 'field', label: 'Field' },
          { value: 'none', label: 'None' },
        ],
      },
    })
    .addNumberInput({
      path: 'target',
      name: 'Value of the target',
      description:
        "In the value's own unit: 0.9 for 90 %. Where down is good it is a ceiling, such as a budget.",
      category,
      settings: { placeholder: 'The target that comes with the data' },
      showIf: ({ targetSource }) => targetSource === 'auto',
    })
    .addTextInput({
      path: 'targetField',
      name: 'Field of the target',
      category,
      defaultValue: defaultOptions.targetField,
      showIf: ({ targetSource }) => targetSource === 'field',
    })
    .addRadio({
      path: 'pace',
      name: 'Pace',
      description:
        'Holds the share of the target against the share of the time: of the dates of the target, or of the dashboard’s time range. Only for quantities that add up.',
      category,
      defaultValue: defaultOptions.pace,
      settings: {
        options: [
          { value: 'auto', label: 'Target’s dates' },
          { value: 'range', label: 'Time range' },
          { value: 'none', label: 'None' },
        ],
      },
      showIf: ({ targetSource }) => targetSource !== 'none',
    });
}

function addQualityOptions(builder: PanelOptionsEditorBuilder<KpiPanelOptions>): void {
  const category = ['Quality'];
  builder
    .addBooleanSwitch({
      path: 'showQuality',
      name: 'Badge',
      description: 'Says when data is late, when the stores differ, or when the sample is small.',
      category,
      defaultValue: defaultOptions.showQuality,
    })
    .addNumberInput({
      path: 'smallSample',
      name: 'Smallest sample',
      description: 'Least denominator of a ratio: below it the number says little. 0 asks for nothing.',
      category,
      defaultValue: defaultOptions.smallSample,
      settings: { min: 0, integer: true },
    })
    .addRadio({
      path: 'smallSampleMode',
      name: 'Values of a small sample',
      category,
      defaultValue: defaultOptions.smallSampleMode,
      settings: {
        options: [
          { value: 'mark', label: 'Marked' },
          { value: 'hide', label: 'Not shown' },
        ],
      },
      showIf: ({ smallSample }) => smallSample > 0,
    });
}

function addChangeOptions(builder: PanelOptionsEditorBuilder<KpiPanelOptions>): void {
  const category = ['Change'];
  builder
    .addSelect({
      path: 'comparison',
      name: 'Compare with',
      category,
      defaultValue: defaultOptions.comparison,
      settings: {
        options: [
          { value: 'auto', label: 'What the query compares with' },
          { value: 'baseline', label: 'A fixed number' },
          { value: 'field', label: 'A field' },
          { value: 'target', label: 'The target' },
          { value: 'none', label: 'Nothing' },
        ],
      },
    })
    .addNumberInput({
      path: 'baseline',
      name: 'Fixed number',
      description: "In the value's own unit: 0.9 for 90 %.",
      category,
      showIf: ({ comparison }) => comparison === 'baseline',
    })
    .addTextInput({
      path: 'comparisonField',
      name: 'Field to compare with',
      category,
      defaultValue: defaultOptions.comparisonField,
      showIf: ({ comparison }) => comparison === 'field',
    })
    .addSelect({
      path: 'deltaMode',
      name: 'Show change as',
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
          { value: 'arrow', label: 'Arrow only' },
          { value: 'none', label: 'Hidden' },
        ],
      },
    })
    .addNumberInput({
      path: 'deltaDecimals',
      name: 'Decimals of the change',
      description: 'Of percent and percentage points. A difference has those of the value.',
      category,
      settings: { ...decimalsBounds, integer: true, placeholder: 'Automatic' },
      showIf: ({ deltaMode }) => deltaMode !== 'arrow' && deltaMode !== 'none',
    });
}

function addJudgementOptions(builder: PanelOptionsEditorBuilder<KpiPanelOptions>): void {
  const category = ['Change'];
  builder
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
      path: 'layout',
      name: 'Layout',
      description: 'Automatic: whatever the room allows.',
      category,
      defaultValue: defaultOptions.layout,
      settings: {
        options: [
          { value: 'auto', label: 'Automatic' },
          { value: 'card', label: 'Cards' },
          { value: 'row', label: 'Rows' },
          { value: 'compact', label: 'Compact' },
        ],
      },
    })
    .addRadio({
      path: 'sparkline',
      name: 'Trend',
      category,
      defaultValue: defaultOptions.sparkline,
      settings: {
        options: [
          { value: 'area', label: 'Area' },
          { value: 'line', label: 'Line' },
          { value: 'bars', label: 'Bars' },
          { value: 'none', label: 'None' },
        ],
      },
    })
    .addBooleanSwitch({
      path: 'showPrevious',
      name: 'Comparison as a dashed line',
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
