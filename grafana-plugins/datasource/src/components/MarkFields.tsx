import { InlineField, InlineFieldRow, Input, RadioButtonGroup } from '@grafana/ui';
import { testIds } from '../testIds';
import type { KpiQuery } from '../types';
import { Problem } from './Problem';

interface Props {
  query: KpiQuery;
  onChange: (changed: Partial<KpiQuery>) => void;
}

const ids = testIds.queryEditor;

/** Of a KPI as an annotation: which of its values are marked. */
export function MarkFields({ query: { refId, markWhen }, onChange }: Props) {
  const isMissing = markWhen === undefined;
  return (
    <>
      <InlineFieldRow>
        <InlineField label="Mark where" labelWidth={14}>
          <div data-testid={ids.markWhen}>
            <RadioButtonGroup
              aria-label="Mark where the KPI is"
              options={[
                { value: 'above' as const, label: 'Above' },
                { value: 'below' as const, label: 'Below' },
              ]}
              {...(markWhen && { value: markWhen.is })}
              onChange={(is) => onChange({ markWhen: { ...markWhen, is } })}
            />
          </div>
        </InlineField>
        {markWhen !== undefined && (
          <InlineField
            label="Number"
            tooltip="Without one, the KPI's target; where it has none, nothing is marked."
          >
            <Input
              key={markWhen.value ?? ''}
              id={`coditect-mark-value-${refId}`}
              data-testid={ids.markValue}
              type="number"
              step="any"
              width={16}
              placeholder="The target"
              defaultValue={markWhen.value ?? ''}
              onBlur={({ currentTarget: { value: typed } }) => {
                const value = typed === '' ? undefined : Number(typed);
                if (value === markWhen.value || Number.isNaN(value)) return;
                onChange({ markWhen: { is: markWhen.is, ...(value !== undefined && { value }) } });
              }}
            />
          </InlineField>
        )}
      </InlineFieldRow>
      <Problem text={isMissing ? 'Choose above or below; until then nothing is marked.' : undefined} />
    </>
  );
}
