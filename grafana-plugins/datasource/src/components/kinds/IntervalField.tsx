import { Combobox, InlineField } from '@grafana/ui';
import { analysisIntervals } from '../../model/choices';
import { intervalWords } from '../../model/problems';
import { readChoice } from '../../model/read-json';
import { testIds } from '../../testIds';
import type { AnalysisInterval, Variable } from '../../types';
import { variableOptions } from '../variable-options';

interface Props {
  id: string;
  label: string;
  value: AnalysisInterval | Variable;
  onChange: (value: AnalysisInterval | Variable) => void;
}

/** Days, weeks or months, or a variable that is one of them. */
export function IntervalField({ id, label, value, onChange }: Props) {
  return (
    <InlineField label={label} labelWidth={14}>
      <Combobox
        id={id}
        data-testid={testIds.queryEditor.field(id)}
        width={18}
        options={[
          ...analysisIntervals.map((each) => ({ value: each, label: intervalWords[each] })),
          ...variableOptions(),
        ]}
        value={value}
        onChange={(chosen) => {
          const known = readChoice(analysisIntervals, chosen.value);
          if (known !== undefined) onChange(known);
        }}
      />
    </InlineField>
  );
}
