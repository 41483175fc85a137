import type { FilterOperator } from '@coditect/contracts';
import {
  Button,
  Combobox,
  InlineField,
  InlineFieldRow,
  InlineLabel,
  Input,
  MultiCombobox,
} from '@grafana/ui';
import { operators } from '../model/choices';
import { typedChoice } from '../model/typed-choice';
import { testIds } from '../testIds';
import type { QueryFilter } from '../types';
import { Problem } from './Problem';
import { variableOptions } from './variable-options';

interface Props {
  refId: string;
  filters: QueryFilter[];
  dimensions: string[];
  problems: Readonly<Record<number, string>>;
  findValues: (dimension: string, prefix: string) => Promise<string[]>;
  onChange: (filters: QueryFilter[]) => void;
}

const ids = testIds.queryEditor;

/** One row per filter, with values suggested by the service. */
export function Filters({ refId, filters, dimensions, problems, findValues, onChange }: Props) {
  const replace = (index: number, filter: QueryFilter) =>
    onChange(filters.map((other, position) => (position === index ? filter : other)));
  const add = () => onChange([...filters, { dimension: '', operator: '=', value: [] }]);

  return (
    <>
      {filters.map((filter, index) => (
        // Filters have no identity of their own; a row is its position.
        <div key={index} data-testid={ids.filter(index)}>
          <FilterRow
            idPrefix={`coditect-filter-${refId}-${index}`}
            index={index}
            filter={filter}
            dimensions={dimensions}
            findValues={findValues}
            onChange={(changed) => replace(index, changed)}
            onRemove={() => onChange(filters.filter((_other, position) => position !== index))}
          />
          <Problem text={problems[index]} />
        </div>
      ))}
      <InlineFieldRow>
        <InlineLabel width={14}>{filters.length === 0 ? 'Filters' : ''}</InlineLabel>
        <Button variant="secondary" icon="plus" type="button" data-testid={ids.addFilter} onClick={add}>
          Add filter
        </Button>
      </InlineFieldRow>
      <div style={{ height: 4 }} />
    </>
  );
}

interface RowProps {
  idPrefix: string;
  index: number;
  filter: QueryFilter;
  dimensions: string[];
  findValues: Props['findValues'];
  onChange: (filter: QueryFilter) => void;
  onRemove: () => void;
}

function FilterRow({ idPrefix, index, filter, dimensions, findValues, onChange, onRemove }: RowProps) {
  const names = dimensions.map((value) => ({ value }));
  return (
    <InlineFieldRow>
      <InlineField label={index === 0 ? 'Filters' : 'and'} labelWidth={14}>
        <Combobox
          id={`${idPrefix}-dimension`}
          data-testid={ids.filterDimension(index)}
          width={20}
          placeholder="Dimension"
          createCustomValue
          options={names}
          value={filter.dimension === '' ? null : filter.dimension}
          onChange={({ value }) => onChange({ ...filter, dimension: typedChoice(value, names) })}
        />
      </InlineField>
      <InlineField>
        <Combobox
          aria-label="Operator"
          id={`${idPrefix}-operator`}
          data-testid={ids.filterOperator(index)}
          width={20}
          options={operators.map((value) => ({ value, label: value, description: operatorWords[value] }))}
          value={{ value: filter.operator, label: filter.operator }}
          onChange={({ value }) => onChange(withOperator(filter, value))}
        />
      </InlineField>
      <InlineField>
        <FilterValue
          idPrefix={idPrefix}
          index={index}
          filter={filter}
          findValues={findValues}
          onChange={onChange}
        />
      </InlineField>
      <Button
        variant="secondary"
        icon="times"
        type="button"
        aria-label="Remove filter"
        data-testid={ids.removeFilter(index)}
        onClick={onRemove}
      />
    </InlineFieldRow>
  );
}

type ValueProps = Pick<RowProps, 'idPrefix' | 'index' | 'filter' | 'findValues' | 'onChange'>;

function FilterValue({ idPrefix, index, filter, findValues, onChange }: ValueProps) {
  const common = {
    id: `${idPrefix}-value`,
    'aria-label': 'Value',
    'data-testid': ids.filterValue(index),
    placeholder: 'Value',
  };
  // A look-up that fails leaves the field usable: any value can be typed.
  const options = async (prefix: string) => {
    const values = filter.dimension === '' ? [] : await findValues(filter.dimension, prefix).catch(() => []);
    const known = variableOptions().filter(({ value }) => value.includes(prefix));
    return [...known, ...values.map((value) => ({ value, label: labelOf(value) }))];
  };
  if (filter.operator === '=~' || filter.operator === '!~') {
    return (
      <Input
        {...common}
        // Rows are their positions: the text of a row that is removed must not stay with the next one.
        key={`${filter.operator} ${textOf(filter.value)}`}
        width={30}
        placeholder="RE2 expression"
        defaultValue={textOf(filter.value)}
        onBlur={({ currentTarget: { value } }) => {
          if (value !== textOf(filter.value)) onChange({ ...filter, value });
        }}
      />
    );
  }
  if (filter.operator === 'in' || filter.operator === 'not in') {
    return (
      <>
        <span id={`${idPrefix}-value-name`} hidden>
          Value
        </span>
        <MultiCombobox
          {...common}
          aria-labelledby={`${idPrefix}-value-name`}
          width="auto"
          minWidth={30}
          maxWidth={60}
          createCustomValue
          options={options}
          value={listOf(filter.value).map((value) => ({ value, label: labelOf(value) }))}
          onChange={(chosen) => onChange({ ...filter, value: chosen.map(({ value }) => value) })}
        />
      </>
    );
  }
  return (
    <Combobox
      {...common}
      width={30}
      createCustomValue
      options={options}
      value={
        isChosen(filter.value) ? { value: textOf(filter.value), label: labelOf(textOf(filter.value)) } : null
      }
      onChange={({ value }) => onChange({ ...filter, value })}
    />
  );
}

const operatorWords: Readonly<Record<FilterOperator, string>> = {
  '=': 'equals',
  '!=': 'does not equal',
  in: 'is one of',
  'not in': 'is none of',
  '=~': 'matches the expression',
  '!~': 'does not match the expression',
};

/** The value goes along; an expression that nobody has written is no value. */
function withOperator(filter: QueryFilter, operator: string): QueryFilter {
  const wasExpression = filter.operator === '=~' || filter.operator === '!~';
  const wantsList = operator === 'in' || operator === 'not in';
  if (!isChosen(filter.value) || (wasExpression && filter.value === '')) {
    return { ...filter, operator, value: [] };
  }
  return { ...filter, operator, value: wantsList ? listOf(filter.value) : textOf(filter.value) };
}

function isChosen(value: string | string[]): boolean {
  return typeof value === 'string' || value.length > 0;
}

function labelOf(value: string): string {
  return value === '' ? '(empty)' : value;
}

function listOf(value: string | string[]): string[] {
  return typeof value === 'string' ? [value] : value;
}

function textOf(value: string | string[]): string {
  return typeof value === 'string' ? value : (value[0] ?? '');
}
