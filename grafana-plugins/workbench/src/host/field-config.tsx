import {
  booleanOverrideProcessor,
  displayNameOverrideProcessor,
  FieldColorModeId,
  identityOverrideProcessor,
  numberOverrideProcessor,
  stringOverrideProcessor,
  ThresholdsMode,
  thresholdsOverrideProcessor,
  unitOverrideProcessor,
  valueMappingsOverrideProcessor,
  type FieldConfigPropertyItem,
} from '@grafana/data';
import { isNumberField, standardEditors } from './standard-editors';

interface Entry {
  id: string;
  name: string;
  editor: string;
  process: unknown;
  description?: string;
  defaultValue?: unknown;
  settings?: object;
  numbersOnly?: boolean;
}

const entries: Entry[] = [
  {
    id: 'displayName',
    name: 'Display name',
    editor: 'text',
    process: displayNameOverrideProcessor,
    settings: { placeholder: 'none', expandTemplateVars: true },
  },
  { id: 'unit', name: 'Unit', editor: 'unit', process: unitOverrideProcessor, numbersOnly: true },
  { id: 'min', name: 'Min', editor: 'number', process: numberOverrideProcessor, numbersOnly: true },
  { id: 'max', name: 'Max', editor: 'number', process: numberOverrideProcessor, numbersOnly: true },
  {
    id: 'fieldMinMax',
    name: 'Field min/max',
    editor: 'boolean',
    process: booleanOverrideProcessor,
    numbersOnly: true,
  },
  {
    id: 'decimals',
    name: 'Decimals',
    editor: 'number',
    process: numberOverrideProcessor,
    settings: { integer: true, min: 0, max: 15 },
    numbersOnly: true,
  },
  {
    id: 'thresholds',
    name: 'Thresholds',
    editor: 'thresholds',
    process: thresholdsOverrideProcessor,
    defaultValue: {
      mode: ThresholdsMode.Absolute,
      steps: [
        { value: -Infinity, color: 'green' },
        { value: 80, color: 'red' },
      ],
    },
    numbersOnly: true,
  },
  {
    id: 'mappings',
    name: 'Value mappings',
    editor: 'mappings',
    process: valueMappingsOverrideProcessor,
    defaultValue: [],
  },
  {
    id: 'noValue',
    name: 'No value',
    editor: 'text',
    process: stringOverrideProcessor,
    settings: { placeholder: '-' },
  },
  { id: 'links', name: 'Data links', editor: 'links', process: identityOverrideProcessor },
  { id: 'actions', name: 'Actions', editor: 'actions', process: identityOverrideProcessor },
  {
    id: 'color',
    name: 'Color',
    editor: 'fieldColor',
    process: identityOverrideProcessor,
    defaultValue: { mode: FieldColorModeId.Thresholds },
  },
  { id: 'filterable', name: 'Ad hoc filterable', editor: 'boolean', process: booleanOverrideProcessor },
  { id: 'description', name: 'Description', editor: 'text', process: stringOverrideProcessor },
];

/** The options that every field has in Grafana; plugins switch them off one by one. */
export const standardFieldConfigItems: FieldConfigPropertyItem[] = entries.map((entry) => {
  const editor = standardEditors.find((candidate) => candidate.id === entry.editor)?.editor ?? (() => null);
  const { id, name, description, defaultValue, settings, numbersOnly } = entry;
  return {
    id,
    path: id,
    name,
    description,
    defaultValue,
    settings: settings ?? {},
    editor,
    override: editor,
    process: entry.process as FieldConfigPropertyItem['process'],
    shouldApply: numbersOnly === true ? isNumberField : () => true,
    category: ['Standard options'],
  };
});
