import {
  PanelOptionsEditorBuilder,
  type FieldConfigPropertyItem,
  type NestedValueAccess,
  type PanelData,
  type PanelOptionsEditorItem,
  type PanelOptionsSupplier,
  type StandardEditorContext,
  type StandardEditorProps,
} from '@grafana/data';
import type { VizPanel } from '@grafana/scenes';
import { Collapse, Field } from '@grafana/ui';
import { cloneDeep, get, set } from 'lodash';
import { useState, type ComponentType, type ReactElement } from 'react';

interface Row {
  id: string;
  category: string;
  element: ReactElement;
}

type Items = Array<PanelOptionsEditorItem | FieldConfigPropertyItem>;

interface Source {
  prefix: string;
  fallbackCategory: string;
  access: NestedValueAccess;
  context: StandardEditorContext<unknown>;
}

/** What an option is typed as is its plugin's business; the host passes values through. */
type OptionEditor = ComponentType<StandardEditorProps<unknown, unknown, unknown>>;

function toRow(item: Items[number], source: Source): Row {
  const editor: unknown = item.editor;
  const Editor = editor as OptionEditor;
  const value: unknown = source.access.getValue(item.path);
  const id = `${source.prefix}${item.id}`;
  return {
    id,
    category: item.category?.[0] ?? source.fallbackCategory,
    element: (
      <Field key={id} label={item.name} description={item.description} htmlFor={id}>
        <Editor
          id={id}
          value={value}
          onChange={(changed: unknown) => source.access.onChange(item.path, changed)}
          item={item}
          context={source.context}
        />
      </Field>
    ),
  };
}

/** The parts of Grafana's builder of nested options that are used here; its type guard is not in every version. */
interface NestedOptions {
  path: string;
  getBuilder: () => PanelOptionsSupplier<unknown>;
  getNestedValueAccess: (parent: NestedValueAccess) => NestedValueAccess;
}

function isNested(item: object): item is NestedOptions {
  return 'getBuilder' in item && 'getNestedValueAccess' in item;
}

function toRows(items: Items, source: Source): Row[] {
  return items.flatMap((item): Row[] => {
    if (item.showIf !== undefined && item.showIf(source.context.options, source.context.data) === false) {
      return [];
    }
    if (isNested(item)) {
      const builder = new PanelOptionsEditorBuilder();
      item.getBuilder()(builder, source.context);
      const access = item.getNestedValueAccess(source.access);
      return toRows(builder.getItems(), { ...source, prefix: `${source.prefix}${item.path}.`, access });
    }
    return [toRow(item, source)];
  });
}

/** Sets a value at a path in a copy; `undefined` takes the option back to its default. */
function withValue<T extends object>(target: T, path: string, value: unknown): T {
  return set(cloneDeep(target), path, value);
}

function optionRows(panel: VizPanel, data: PanelData | undefined): Row[] {
  const supplier = panel.getPlugin()?.getPanelOptionsSupplier();
  const builder = new PanelOptionsEditorBuilder();
  const { options } = panel.state;
  const context = { data: data?.series ?? [], options, replaceVariables: panel.interpolate };
  supplier?.(builder, context);
  const access = {
    getValue: (path: string): unknown => get(options, path),
    onChange: (path: string, value: unknown) => panel.onOptionsChange(withValue(options, path, value), true),
  };
  return toRows(builder.getItems(), { prefix: '', fallbackCategory: 'Panel options', access, context });
}

function fieldRows(panel: VizPanel, data: PanelData | undefined): Row[] {
  const registry = panel.getPlugin()?.fieldConfigRegistry;
  const { fieldConfig } = panel.state;
  const items = registry?.list().filter((item) => item.hideFromDefaults !== true) ?? [];
  const custom = new Set(items.filter((item) => item.isCustom === true).map((item) => item.path));
  const place = (path: string): string => (custom.has(path) ? `custom.${path}` : path);
  const access = {
    getValue: (path: string): unknown => get(fieldConfig.defaults, place(path)),
    onChange: (path: string, value: unknown) =>
      panel.onFieldConfigChange(
        { ...fieldConfig, defaults: withValue(fieldConfig.defaults, place(path), value) },
        true,
      ),
  };
  const context = {
    data: data?.series ?? [],
    options: fieldConfig.defaults.custom,
    replaceVariables: panel.interpolate,
  };
  return toRows(items, { prefix: 'field.', fallbackCategory: 'Field options', access, context });
}

function Category({ name, rows }: { name: string; rows: Row[] }) {
  const [isOpen, setOpen] = useState(name !== 'Standard options');
  return (
    <Collapse label={name} isOpen={isOpen} onToggle={setOpen}>
      {rows.map((row) => row.element)}
    </Collapse>
  );
}

/** The panel's options and field options, through the editors that the plugin itself declares. */
export function OptionsEditor({ panel, data }: { panel: VizPanel; data: PanelData | undefined }) {
  panel.useState();
  const rows = [...optionRows(panel, data), ...fieldRows(panel, data)];
  const categories = [...new Set(rows.map((row) => row.category))];
  return (
    <div data-testid="panel-options">
      {categories.map((category) => (
        <Category key={category} name={category} rows={rows.filter((row) => row.category === category)} />
      ))}
    </div>
  );
}
