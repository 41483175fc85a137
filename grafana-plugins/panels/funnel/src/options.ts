import type { PanelOptionsEditorBuilder } from '@grafana/data';
import { defaultOptions, groupsBounds } from './migrations';
import type { FunnelPanelOptions } from './types';

/** The panel's options, made of Grafana's standard editors alone. */
export function buildOptions(builder: PanelOptionsEditorBuilder<FunnelPanelOptions>): void {
  addFunnelOptions(builder);
  addTextOptions(builder);
  addGroupOptions(builder);
}

function addFunnelOptions(builder: PanelOptionsEditorBuilder<FunnelPanelOptions>): void {
  const category = ['Funnel'];
  builder
    .addRadio({
      path: 'layout',
      name: 'Layout',
      description: 'Automatic: bars where there is room for their names, rows where there is not.',
      category,
      defaultValue: defaultOptions.layout,
      settings: {
        options: [
          { value: 'auto', label: 'Automatic' },
          { value: 'vertical', label: 'Bars' },
          { value: 'horizontal', label: 'Rows' },
        ],
      },
    })
    .addRadio({
      path: 'measure',
      name: 'Length of a bar',
      description: 'Users compare groups by size; conversion lets every group begin with a full bar.',
      category,
      defaultValue: defaultOptions.measure,
      settings: {
        options: [
          { value: 'users', label: 'Users' },
          { value: 'conversion', label: 'Conversion' },
        ],
      },
    })
    .addSelect({
      path: 'colorBy',
      name: 'Colour',
      category,
      defaultValue: defaultOptions.colorBy,
      settings: {
        options: [
          { value: 'palette', label: 'By group' },
          { value: 'field', label: 'Colour scheme of the field' },
          {
            value: 'thresholds',
            label: 'Thresholds',
            description: 'Of the conversion from the start: 0 to 1, or in percent',
          },
        ],
      },
    })
    .addBooleanSwitch({
      path: 'highlightWorst',
      name: 'Point out the largest drop',
      category,
      defaultValue: defaultOptions.highlightWorst,
    });
}

function addTextOptions(builder: PanelOptionsEditorBuilder<FunnelPanelOptions>): void {
  const category = ['Text'];
  builder
    .addSelect({
      path: 'valueText',
      name: 'Beside a bar',
      category,
      defaultValue: defaultOptions.valueText,
      settings: {
        options: [
          { value: 'both', label: 'Users and conversion' },
          { value: 'users', label: 'Users' },
          { value: 'conversion', label: 'Conversion' },
          { value: 'none', label: 'Nothing' },
        ],
      },
    })
    .addRadio({
      path: 'conversionFrom',
      name: 'Conversion from',
      category,
      defaultValue: defaultOptions.conversionFrom,
      settings: {
        options: [
          { value: 'start', label: 'Start' },
          { value: 'previous', label: 'Step before' },
        ],
      },
      showIf: ({ valueText }) => valueText === 'both' || valueText === 'conversion',
    })
    .addBooleanSwitch({
      path: 'showDropOff',
      name: 'Drop-off between steps',
      category,
      defaultValue: defaultOptions.showDropOff,
    })
    .addBooleanSwitch({
      path: 'showTime',
      name: 'Median time between steps',
      description: 'Not of several groups at once: their medians do not add up.',
      category,
      defaultValue: defaultOptions.showTime,
    })
    .addBooleanSwitch({
      path: 'showDefinition',
      name: 'Definition',
      description: 'An icon that explains the numbers.',
      category,
      defaultValue: defaultOptions.showDefinition,
    });
}

function addGroupOptions(builder: PanelOptionsEditorBuilder<FunnelPanelOptions>): void {
  const category = ['Breakdown'];
  builder
    .addSelect({
      path: 'groupOrder',
      name: 'Order of groups',
      category,
      defaultValue: defaultOptions.groupOrder,
      settings: {
        options: [
          { value: 'users', label: 'Most users first' },
          { value: 'conversion', label: 'Best conversion first' },
          { value: 'name', label: 'By name' },
          { value: 'none', label: 'As in the query' },
        ],
      },
    })
    .addNumberInput({
      path: 'groupsMax',
      name: 'Groups at most',
      category,
      defaultValue: defaultOptions.groupsMax,
      settings: { ...groupsBounds, integer: true },
    })
    .addBooleanSwitch({
      path: 'showLegend',
      name: 'Legend',
      category,
      defaultValue: defaultOptions.showLegend,
    });
}
