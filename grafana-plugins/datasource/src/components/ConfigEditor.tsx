import type { DataSourcePluginOptionsEditorProps } from '@grafana/data';
import { Field, FieldSet, Input, SecretInput } from '@grafana/ui';
import { explainUrl } from '../model/url';
import { testIds } from '../testIds';
import type { AnalyticsJsonData, AnalyticsSecureJsonData } from '../types';

type Props = DataSourcePluginOptionsEditorProps<AnalyticsJsonData, AnalyticsSecureJsonData>;

/** Where the services are, and the key to ask them with. The key is written once and never read back. */
export function ConfigEditor({ options, onOptionsChange }: Props) {
  const setUrl = (name: 'metricsUrl' | 'reportingUrl', value: string) =>
    onOptionsChange({ ...options, jsonData: { ...options.jsonData, [name]: value.trim() } });
  const setKey = (apiKey: string) =>
    onOptionsChange({ ...options, secureJsonData: { ...options.secureJsonData, apiKey } });
  const resetKey = () =>
    onOptionsChange({
      ...options,
      secureJsonFields: { ...options.secureJsonFields, apiKey: false },
      secureJsonData: { ...options.secureJsonData, apiKey: '' },
    });
  const isReadOnly = options.readOnly === true;

  return (
    <div data-testid={testIds.configEditor.root}>
      <FieldSet label="Connection">
        <UrlField
          id="coditect-metrics-url"
          label="Metrics URL"
          description="Base address of the metrics service, as the Grafana server sees it."
          placeholder="http://metrics-service:4320"
          testId={testIds.configEditor.metricsUrl}
          value={options.jsonData.metricsUrl ?? ''}
          isRequired
          isReadOnly={isReadOnly}
          onChange={(value) => setUrl('metricsUrl', value)}
        />
        <UrlField
          id="coditect-reporting-url"
          label="Reporting URL"
          description="Base address of the reporting service. Leave it empty if there is none."
          placeholder="http://reporting-service:4328"
          testId={testIds.configEditor.reportingUrl}
          value={options.jsonData.reportingUrl ?? ''}
          isRequired={false}
          isReadOnly={isReadOnly}
          onChange={(value) => setUrl('reportingUrl', value)}
        />
      </FieldSet>
      <FieldSet label="Authentication">
        <Field
          label="API key"
          htmlFor="coditect-api-key"
          description={
            'A key with the scope "read", and "report" for reports. It stays on the Grafana server and decides which tenant is shown.'
          }
        >
          <SecretInput
            id="coditect-api-key"
            data-testid={testIds.configEditor.apiKey}
            width={60}
            disabled={isReadOnly}
            isConfigured={options.secureJsonFields?.apiKey === true}
            value={options.secureJsonData?.apiKey ?? ''}
            placeholder="Paste the key"
            onChange={(event) => setKey(event.currentTarget.value)}
            onReset={resetKey}
          />
        </Field>
      </FieldSet>
    </div>
  );
}

interface UrlFieldProps {
  id: string;
  label: string;
  description: string;
  placeholder: string;
  testId: string;
  value: string;
  isRequired: boolean;
  isReadOnly: boolean;
  onChange: (value: string) => void;
}

function UrlField({
  id,
  label,
  description,
  placeholder,
  testId,
  value,
  isRequired,
  isReadOnly,
  onChange,
}: UrlFieldProps) {
  const problem = explainUrl(value);
  return (
    <Field
      label={label}
      htmlFor={id}
      description={description}
      required={isRequired}
      disabled={isReadOnly}
      invalid={problem !== undefined}
      error={problem ?? ''}
    >
      <Input
        id={id}
        data-testid={testId}
        width={60}
        value={value}
        placeholder={placeholder}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    </Field>
  );
}
