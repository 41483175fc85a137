import { Combobox, InlineField, Input, RadioButtonGroup } from '@grafana/ui';
import { testIds } from '../testIds';
import { variableOptions } from './variable-options';

const labelWidth = 14;

interface FieldProps {
  id: string;
  label: string;
  tooltip?: string;
  problem?: string | undefined;
}

function framed({ label, tooltip, problem }: FieldProps) {
  return { label, labelWidth, invalid: problem !== undefined, ...(tooltip !== undefined && { tooltip }) };
}

/** A whole number; what is no number leaves the old one. One that was saved beyond the bounds stays, and is explained. */
export function CountField(
  props: FieldProps & { value: number; min?: number; max?: number; onChange: (value: number) => void },
) {
  const { id, value, min = 1, max, onChange } = props;
  const problem = explainCount(value, min, max);
  return (
    <InlineField {...framed({ ...props, problem })} error={problem}>
      <Input
        key={value}
        id={id}
        data-testid={testIds.queryEditor.field(id)}
        type="number"
        width={12}
        min={min}
        {...(max !== undefined && { max })}
        defaultValue={value}
        onBlur={(event) => {
          const typed = Number(event.currentTarget.value);
          if (typed === value) return;
          const kept = Number.isInteger(typed) && typed >= min ? Math.min(typed, max ?? typed) : value;
          if (kept !== value) onChange(kept);
          event.currentTarget.value = String(kept);
        }}
      />
    </InlineField>
  );
}

function explainCount(value: number, min: number, max: number | undefined): string | undefined {
  if (value < min) return `At least ${min}.`;
  return max !== undefined && value > max ? `At most ${max.toLocaleString('en-US')}.` : undefined;
}

export function TextField(
  props: FieldProps & {
    value: string;
    placeholder?: string;
    width?: number;
    onChange: (value: string) => void;
  },
) {
  const { id, value, placeholder = '', width = 30, onChange } = props;
  return (
    <InlineField {...framed(props)}>
      <Input
        key={value}
        id={id}
        data-testid={testIds.queryEditor.field(id)}
        width={width}
        placeholder={placeholder}
        defaultValue={value}
        onBlur={(event) => {
          const typed = event.currentTarget.value.trim();
          if (typed !== value) onChange(typed);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') event.currentTarget.blur();
        }}
      />
    </InlineField>
  );
}

export function ChoiceField<T extends string>(
  props: FieldProps & {
    value: T;
    options: readonly { value: T; label: string; description?: string }[];
    onChange: (value: T) => void;
  },
) {
  const { id, value, options, onChange } = props;
  return (
    <InlineField {...framed(props)}>
      <div data-testid={testIds.queryEditor.field(id)}>
        <RadioButtonGroup id={id} options={[...options]} value={value} onChange={onChange} />
      </div>
    </InlineField>
  );
}

/** One of a list, of the dashboard's variables, or whatever is typed. */
export function NameField(
  props: FieldProps & {
    value: string;
    placeholder: string;
    options: readonly string[] | ((prefix: string) => Promise<string[]>);
    isClearable?: boolean;
    width?: number;
    onChange: (value: string) => void;
  },
) {
  const { id, value, placeholder, options, isClearable = false, width = 30, onChange } = props;
  const asOptions = (names: readonly string[]) => [
    ...names.map((name) => ({ value: name })),
    ...variableOptions(),
  ];
  return (
    <InlineField {...framed(props)}>
      <Combobox
        id={id}
        data-testid={testIds.queryEditor.field(id)}
        width={width}
        placeholder={placeholder}
        createCustomValue
        isClearable={isClearable}
        options={
          typeof options === 'function'
            ? (prefix: string) => options(prefix).then(asOptions, () => asOptions([]))
            : asOptions(options)
        }
        value={value === '' ? null : { value, label: value }}
        onChange={(chosen: { value: string } | null) => onChange(chosen?.value ?? '')}
      />
    </InlineField>
  );
}

const units = [
  { value: 'seconds', label: 'seconds', ms: 1_000 },
  { value: 'minutes', label: 'minutes', ms: 60_000 },
  { value: 'hours', label: 'hours', ms: 3_600_000 },
  { value: 'days', label: 'days', ms: 86_400_000 },
] as const;

/** A length of time, in the largest unit that gives a whole number. */
export function DurationField(props: FieldProps & { valueMs: number; onChange: (valueMs: number) => void }) {
  const { id, label, tooltip, valueMs, onChange } = props;
  const unit = units.findLast(({ ms }) => valueMs % ms === 0) ?? units[0];
  return (
    <>
      <CountField
        id={id}
        label={label}
        {...(tooltip !== undefined && { tooltip })}
        value={Math.max(1, Math.round(valueMs / unit.ms))}
        onChange={(count) => onChange(count * unit.ms)}
      />
      <InlineField aria-label={`${label}, unit`}>
        <Combobox
          id={`${id}-unit`}
          aria-label={`${label}, unit`}
          width={14}
          options={units.map(({ value, label: text }) => ({ value, label: text }))}
          value={unit.value}
          onChange={({ value }) => {
            const chosen = units.find((each) => each.value === value) ?? unit;
            onChange(Math.max(1, Math.round(valueMs / unit.ms)) * chosen.ms);
          }}
        />
      </InlineField>
    </>
  );
}
