import { cacheFieldDisplayNames, FieldConfigProperty, PanelPlugin, type PanelProps } from '@grafana/data';
import { PanelDataErrorView } from '@grafana/runtime';
import { TableCellDisplayMode, TableCellHeight, type TableFieldOptions } from '@grafana/schema';
import { TableNG } from '@grafana/ui/unstable';
import type { ComponentProps } from 'react';
import { standInMeta } from './stand-in-meta';

interface TableOptions {
  showHeader: boolean;
  cellHeight: TableCellHeight;
  enablePagination: boolean;
  frozenColumns?: { left?: number };
  sortBy: NonNullable<ComponentProps<typeof TableNG>['sortBy']>;
}

function TablePanel({
  id,
  data,
  fieldConfig,
  width,
  height,
  options,
  onOptionsChange,
  timeRange,
}: PanelProps<TableOptions>) {
  // The table tells columns apart by their display names, which it expects to be worked out already.
  cacheFieldDisplayNames(data.series);
  const frame = data.series[0];
  if (frame === undefined || frame.fields.length === 0) {
    return <PanelDataErrorView panelId={id} data={data} fieldConfig={fieldConfig} />;
  }
  // Until Grafana 12 the table takes the saved order under another name.
  const sorting = { sortBy: options.sortBy, initialSortBy: options.sortBy };
  return (
    <TableNG
      data={frame}
      width={width}
      height={height}
      noHeader={!options.showHeader}
      cellHeight={options.cellHeight}
      showTypeIcons={false}
      resizable
      {...sorting}
      enablePagination={options.enablePagination}
      frozenColumns={options.frozenColumns?.left ?? 0}
      onSortByChange={(sortBy) => onOptionsChange({ ...options, sortBy })}
      structureRev={data.structureRev}
      timeRange={timeRange}
      fieldConfig={fieldConfig}
      enableVirtualization
    />
  );
}

const custom = (path: keyof TableFieldOptions, defaultValue: unknown) => ({
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

const plugin = new PanelPlugin<TableOptions, TableFieldOptions>(TablePanel)
  .useFieldConfig({
    standardOptions: { [FieldConfigProperty.Color]: {} },
    useCustomConfig: (builder) => {
      builder
        .addNumberInput({ path: 'width', name: 'Column width', category: ['Table'], settings: { min: 20 } })
        .addSelect({
          path: 'align',
          name: 'Align',
          category: ['Table'],
          defaultValue: 'auto',
          settings: {
            options: ['auto', 'left', 'center', 'right'].map((value) => ({ label: value, value })),
          },
        })
        .addBooleanSwitch({
          path: 'filterable',
          name: 'Column filter',
          category: ['Table'],
          defaultValue: false,
        })
        .addCustomEditor(custom('cellOptions', { type: TableCellDisplayMode.Auto }))
        .addBooleanSwitch({ path: 'wrapText', name: 'Wrap text', category: ['Table'], defaultValue: false })
        .addCustomEditor(custom('footer', { reducers: [] }))
        .addCustomEditor(custom('hideFrom', { viz: false, legend: false, tooltip: false }))
        .addCustomEditor(custom('tooltip', undefined))
        .addCustomEditor(custom('styleField', undefined))
        .addCustomEditor(custom('hideHeader', false))
        .addCustomEditor(custom('inspect', false))
        .addCustomEditor(custom('minWidth', undefined))
        .addCustomEditor(custom('wrapHeaderText', false));
    },
  })
  .setPanelOptions((builder) => {
    builder
      .addBooleanSwitch({ path: 'showHeader', name: 'Header', defaultValue: true })
      .addRadio({
        path: 'cellHeight',
        name: 'Cell height',
        defaultValue: TableCellHeight.Sm,
        settings: {
          options: Object.entries(TableCellHeight)
            .slice(0, 3)
            .map(([label, value]) => ({ label, value })),
        },
      })
      .addBooleanSwitch({ path: 'enablePagination', name: 'Pages', defaultValue: false });
  });
plugin.meta = standInMeta('table', 'Table');

export const tablePanel = plugin;
