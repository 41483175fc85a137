import { Combobox, InlineField } from '@grafana/ui';
import { typedChoice } from '../model/typed-choice';
import { testIds } from '../testIds';

interface Props {
  refId: string;
  value: string;
  onChange: (value: string) => void;
}

const zones = [
  { value: 'dashboard', label: "Dashboard's" },
  { value: 'tenant', label: "Tenant's" },
  { value: 'UTC', label: 'UTC' },
];

/** Where days, weeks and months begin. */
export function TimeZoneField({ refId, value, onChange }: Props) {
  return (
    <InlineField
      label="Time zone"
      labelWidth={14}
      tooltip="Where days, weeks and months begin. An IANA name such as Europe/Berlin can be typed."
    >
      <Combobox
        id={`coditect-time-zone-${refId}`}
        data-testid={testIds.queryEditor.timeZone}
        width={24}
        createCustomValue
        options={zones}
        value={value}
        onChange={({ value: chosen }) => onChange(typedChoice(chosen, zones))}
      />
    </InlineField>
  );
}
