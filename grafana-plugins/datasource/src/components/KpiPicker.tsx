import type { KpiDescription } from '@coditect/contracts';
import { Button, Combobox, InlineField } from '@grafana/ui';
import { lazy, Suspense, useState } from 'react';
import { typedChoice } from '../model/typed-choice';
import { testIds } from '../testIds';
import { variableOptions } from './variable-options';

/** The whole catalogue is loaded when it is opened. */
const CatalogueModal = lazy(async () => ({ default: (await import('./CatalogueModal')).CatalogueModal }));

interface Props {
  refId: string;
  metric: string;
  kpis: readonly KpiDescription[] | undefined;
  isLoading: boolean;
  isInvalid: boolean;
  onChange: (metric: string) => void;
}

/** A KPI by its title or id, or chosen from the catalogue with all definitions. */
export function KpiPicker({ refId, metric, kpis, isLoading, isInvalid, onChange }: Props) {
  const [isOpen, setOpen] = useState(false);
  const options = [
    ...(kpis ?? []).map(({ id, title, definition }) => ({
      value: id,
      label: title,
      description: definition,
    })),
    ...variableOptions(),
  ];
  const choose = (id: string) => {
    setOpen(false);
    onChange(id);
  };
  return (
    <>
      <InlineField label="KPI" labelWidth={14} invalid={isInvalid}>
        <Combobox
          id={`coditect-metric-${refId}`}
          data-testid={testIds.queryEditor.metric}
          width={40}
          placeholder="Choose a KPI"
          loading={isLoading}
          createCustomValue
          options={options}
          value={metric === '' ? null : metric}
          onChange={({ value }) => onChange(typedChoice(value, options))}
        />
      </InlineField>
      <Button
        variant="secondary"
        icon="book-open"
        type="button"
        tooltip="All KPIs with their definitions"
        aria-label="Browse the catalogue"
        data-testid={testIds.queryEditor.browse}
        disabled={kpis === undefined}
        onClick={() => setOpen(true)}
      />
      {isOpen && kpis !== undefined && (
        <Suspense fallback={null}>
          <CatalogueModal kpis={kpis} chosen={metric} onChoose={choose} onDismiss={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
