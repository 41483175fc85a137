import { Checkbox, Field, FieldSet, TextArea } from '@grafana/ui';
import type { FieldsProps } from './ScheduleContentFields';

/** To whom it goes. Without anybody the report is kept under Reports only. */
export function ScheduleDeliveryFields({ form, problems, onChange }: FieldsProps) {
  return (
    <FieldSet label="To whom">
      <Field
        label="E-mail"
        description="Addresses, separated by commas or lines"
        invalid={problems.emails !== undefined}
        error={problems.emails ?? ''}
      >
        <TextArea
          id="coditect-schedule-emails"
          rows={2}
          value={form.emails}
          onChange={(event) => onChange({ ...form, emails: event.currentTarget.value })}
        />
      </Field>
      <Field
        label="Webhooks"
        description="Addresses that get a signed request with each report"
        invalid={problems.webhooks !== undefined}
        error={problems.webhooks ?? ''}
      >
        <TextArea
          id="coditect-schedule-webhooks"
          rows={2}
          value={form.webhooks}
          onChange={(event) => onChange({ ...form, webhooks: event.currentTarget.value })}
        />
      </Field>
      <Checkbox
        label="Paused"
        description="It is kept, and runs by hand only"
        value={form.paused}
        onChange={(event) => onChange({ ...form, paused: event.currentTarget.checked })}
      />
    </FieldSet>
  );
}
