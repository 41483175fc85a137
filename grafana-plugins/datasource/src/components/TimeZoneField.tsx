import { Combobox, InlineField } from '@grafana/ui';
import { testIds } from '../testIds';

interface Props {
  refId: string;
  value: string;
  onChange: (value: string) => void;
}

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
        options={[
          { value: 'dashboard', label: "Dashboard's" },
          { value: 'tenant', label: "Tenant's" },
          { value: 'UTC', label: 'UTC' },
        ]}
        value={value}
        onChange={(chosen) => onChange(chosen.value)}
      />
    </InlineField>
  );
}
