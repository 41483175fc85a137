import {
  FieldType,
  getFieldDisplayName,
  ThresholdsMode,
  type SelectableValue,
  type StandardEditorProps,
  type StandardEditorsRegistryItem,
  type ThresholdsConfig,
} from '@grafana/data';
import {
  Button,
  ColorPicker,
  Icon,
  Input,
  MultiSelect,
  RadioButtonGroup,
  Select,
  Slider,
  StatsPicker,
  Switch,
  TextArea,
  TimeZonePicker,
  UnitPicker,
} from '@grafana/ui';
import { useState, type ComponentType } from 'react';

interface NumberSettings {
  placeholder?: string;
  integer?: boolean;
  min?: number;
  max?: number;
  step?: number;
}

interface TextSettings {
  placeholder?: string;
  maxLength?: number;
  useTextarea?: boolean;
  rows?: number;
}

interface ChoiceSettings {
  options?: SelectableValue[];
  allowCustomValue?: boolean;
  isClearable?: boolean;
  width?: number;
}

function NumberEditor({
  value,
  onChange,
  item,
  id,
}: StandardEditorProps<number | undefined, NumberSettings>) {
  const { placeholder, integer, min, max, step } = item.settings ?? {};
  const [text, setText] = useState<string>();
  const commit = (): void => {
    if (text === undefined) {
      return;
    }
    const parsed = integer === true ? Number.parseInt(text, 10) : Number.parseFloat(text);
    onChange(
      Number.isNaN(parsed) ? undefined : Math.min(Math.max(parsed, min ?? -Infinity), max ?? Infinity),
    );
    setText(undefined);
  };
  return (
    <Input
      id={id}
      type="number"
      placeholder={placeholder ?? 'auto'}
      min={min}
      max={max}
      step={step}
      value={text ?? value ?? ''}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={commit}
      onKeyDown={(event) => (event.key === 'Enter' ? commit() : undefined)}
    />
  );
}

function SliderEditor({ value, onChange, item }: StandardEditorProps<number | undefined, NumberSettings>) {
  const { min = 0, max = 100, step } = item.settings ?? {};
  return (
    <Slider min={min} max={max} step={step} value={value ?? min} onChange={onChange} inputId={item.id} />
  );
}

function TextEditor({ value, onChange, item, id }: StandardEditorProps<string | undefined, TextSettings>) {
  const { placeholder, maxLength, useTextarea, rows } = item.settings ?? {};
  if (useTextarea === true) {
    return (
      <TextArea
        id={id}
        rows={rows ?? 4}
        placeholder={placeholder}
        defaultValue={value ?? ''}
        onBlur={(event) => onChange(event.currentTarget.value)}
      />
    );
  }
  return (
    <Input
      id={id}
      key={value}
      placeholder={placeholder}
      maxLength={maxLength}
      defaultValue={value ?? ''}
      onBlur={(event) => onChange(event.currentTarget.value)}
      onKeyDown={(event) => (event.key === 'Enter' ? onChange(event.currentTarget.value) : undefined)}
    />
  );
}

function StringListEditor({ value, onChange, id }: StandardEditorProps<string[] | undefined>) {
  return (
    <Input
      id={id}
      placeholder="one, two"
      defaultValue={(value ?? []).join(', ')}
      onBlur={(event) =>
        onChange(
          event.currentTarget.value
            .split(',')
            .map((part) => part.trim())
            .filter((part) => part !== ''),
        )
      }
    />
  );
}

function SelectEditor({ value, onChange, item, id }: StandardEditorProps<unknown, ChoiceSettings>) {
  const { options = [], allowCustomValue, isClearable } = item.settings ?? {};
  return (
    <Select
      inputId={id}
      aria-label={item.name}
      options={options}
      value={
        options.find((option) => option.value === value) ??
        (value === undefined
          ? null
          : { value, label: typeof value === 'string' ? value : JSON.stringify(value) })
      }
      allowCustomValue={allowCustomValue}
      isClearable={isClearable}
      onChange={(chosen) => onChange(chosen?.value)}
    />
  );
}

function MultiSelectEditor({
  value,
  onChange,
  item,
  id,
}: StandardEditorProps<unknown[] | undefined, ChoiceSettings>) {
  const { options = [], allowCustomValue, isClearable } = item.settings ?? {};
  return (
    <MultiSelect
      inputId={id}
      aria-label={item.name}
      options={options}
      value={value ?? []}
      allowCustomValue={allowCustomValue}
      isClearable={isClearable}
      onChange={(chosen) => onChange(chosen.map((option): unknown => option.value))}
    />
  );
}

function RadioEditor({ value, onChange, item, id }: StandardEditorProps<unknown, ChoiceSettings>) {
  return (
    <RadioButtonGroup
      id={id}
      options={item.settings?.options ?? []}
      value={value}
      onChange={onChange}
      fullWidth
    />
  );
}

function BooleanEditor({ value, onChange, id }: StandardEditorProps<boolean | undefined>) {
  return (
    <Switch id={id} value={value ?? false} onChange={(event) => onChange(event.currentTarget.checked)} />
  );
}

function ColorEditor({ value, onChange }: StandardEditorProps<string | undefined>) {
  return <ColorPicker color={value ?? 'text'} onChange={onChange} />;
}

function UnitEditor({ value, onChange }: StandardEditorProps<string | undefined>) {
  return <UnitPicker value={value} onChange={onChange} />;
}

function StatsEditor({
  value,
  onChange,
  item,
}: StandardEditorProps<string[] | undefined, { allowMultiple?: boolean; defaultStat?: string }>) {
  return (
    <StatsPicker
      stats={value ?? []}
      allowMultiple={item.settings?.allowMultiple ?? false}
      defaultStat={item.settings?.defaultStat}
      onChange={onChange}
    />
  );
}

function FieldNameEditor({ value, onChange, context, id }: StandardEditorProps<string | undefined>) {
  const names = context.data.flatMap((frame) =>
    frame.fields.map((field) => getFieldDisplayName(field, frame, context.data)),
  );
  const options = [...new Set(names)].map((name) => ({ label: name, value: name }));
  return (
    <Select
      inputId={id}
      isClearable
      options={options}
      value={value ?? null}
      onChange={(chosen) => onChange(chosen?.value)}
    />
  );
}

function TimeZoneEditor({ value, onChange }: StandardEditorProps<string | undefined>) {
  return <TimeZonePicker value={value} onChange={onChange} includeInternal />;
}

function ThresholdsEditor({ value, onChange }: StandardEditorProps<ThresholdsConfig | undefined>) {
  const steps = value?.steps ?? [];
  const save = (next: ThresholdsConfig['steps']): void =>
    onChange({
      mode: value?.mode ?? ThresholdsMode.Absolute,
      steps: [...next].sort((left, right) => left.value - right.value),
    });
  const replace = (index: number, change: Partial<ThresholdsConfig['steps'][number]>): void =>
    save(steps.map((step, at) => (at === index ? { ...step, ...change } : step)));
  return (
    <div>
      {steps.map((step, index) => (
        <Input
          key={`${step.value}-${step.color}`}
          type="number"
          disabled={index === 0}
          defaultValue={Number.isFinite(step.value) ? step.value : ''}
          placeholder="Base"
          prefix={<ColorPicker color={step.color} onChange={(color) => replace(index, { color })} />}
          suffix={
            index === 0 ? undefined : (
              <Icon name="trash-alt" onClick={() => save(steps.filter((_step, at) => at !== index))} />
            )
          }
          onBlur={(event) => replace(index, { value: Number.parseFloat(event.currentTarget.value) || 0 })}
        />
      ))}
      <Button
        size="sm"
        variant="secondary"
        icon="plus"
        onClick={() => save([...steps, { color: 'red', value: (steps.at(-1)?.value ?? 0) + 10 }])}
      >
        Add threshold
      </Button>
    </div>
  );
}

/** Options that the workbench can show but not edit. */
function ReadOnlyEditor({ value }: StandardEditorProps<unknown>) {
  return <TextArea readOnly rows={2} value={value === undefined ? 'not set' : JSON.stringify(value)} />;
}

const item = (id: string, editor: unknown): StandardEditorsRegistryItem => ({
  id,
  name: id,
  // Editors of different value types live in one registry, which Grafana types as any.
  editor: editor as ComponentType<StandardEditorProps>,
});

/** The editors behind `addTextInput()` and its like. Grafana's own are not published; these are plain ones. */
export const standardEditors: StandardEditorsRegistryItem[] = [
  item('text', TextEditor),
  item('number', NumberEditor),
  item('slider', SliderEditor),
  item('boolean', BooleanEditor),
  item('select', SelectEditor),
  item('multi-select', MultiSelectEditor),
  item('radio', RadioEditor),
  item('unit', UnitEditor),
  item('color', ColorEditor),
  item('strings', StringListEditor),
  item('stats-picker', StatsEditor),
  item('field-name', FieldNameEditor),
  item('timezone', TimeZoneEditor),
  item('thresholds', ThresholdsEditor),
  item('fieldColor', ReadOnlyEditor),
  item('mappings', ReadOnlyEditor),
  item('links', ReadOnlyEditor),
  item('actions', ReadOnlyEditor),
  item('dashboard-uid', TextEditor),
];

/** Whether a field holds numbers: most standard options make sense for these alone. */
export const isNumberField = (field: { type: FieldType }): boolean => field.type === FieldType.number;
