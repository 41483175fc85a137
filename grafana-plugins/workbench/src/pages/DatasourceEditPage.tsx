import {
  PluginContextProvider,
  type DataSourceApi,
  type DataSourceInstanceSettings,
  type DataSourceSettings,
} from '@grafana/data';
import { getBackendSrv, getDataSourceSrv, toDataQueryError } from '@grafana/runtime';
import { Alert, Button, Field, Input, Stack } from '@grafana/ui';
import { useState } from 'react';
import { useParams } from 'react-router-dom';
import { PageState } from './page-state';
import { useLoaded } from './use-loaded';

interface Outcome {
  severity: 'success' | 'error';
  message: string;
  details: string;
}

interface Editable {
  settings: DataSourceSettings;
  instance: DataSourceInstanceSettings;
  datasource: DataSourceApi;
}

async function load(uid: string): Promise<Editable> {
  const settings = await getBackendSrv().get<DataSourceSettings>(
    `/api/datasources/uid/${encodeURIComponent(uid)}`,
  );
  const instance = getDataSourceSrv().getInstanceSettings({ uid });
  if (instance === undefined) {
    throw new Error(`The plugin ${settings.type} is not built.`);
  }
  return { settings, instance, datasource: await getDataSourceSrv().get({ uid }) };
}

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;

const textOf = (value: unknown, fallback: string): string =>
  typeof value === 'string' && value !== '' ? value : fallback;

function readOutcome(result: unknown): Outcome {
  return {
    severity: fieldOf(result, 'status') === 'success' ? 'success' : 'error',
    message: textOf(fieldOf(result, 'message'), 'The plugin gave no message.'),
    details: textOf(fieldOf(fieldOf(result, 'details'), 'message'), ''),
  };
}

function failedOutcome(error: unknown): Outcome {
  return { severity: 'error', message: toDataQueryError(error).message ?? 'Unknown error', details: '' };
}

/** Saves, then asks the plugin whether the saved settings work. A plugin says no by a status or by throwing. */
async function saveAndTest(
  settings: DataSourceSettings,
): Promise<{ saved: DataSourceSettings; outcome: Outcome }> {
  const address = `/api/datasources/uid/${encodeURIComponent(settings.uid)}`;
  const answer = await getBackendSrv().put<{ datasource: DataSourceSettings }>(address, settings);
  await getDataSourceSrv().reload();
  const saved = answer.datasource;
  try {
    const datasource = await getDataSourceSrv().get({ uid: settings.uid });
    const result: unknown = await datasource.testDatasource();
    return {
      saved,
      outcome: readOutcome(result),
    };
  } catch (error) {
    return { saved, outcome: failedOutcome(error) };
  }
}

function Editor({ settings: initial, instance, datasource }: Editable) {
  const [settings, setSettings] = useState(initial);
  const [outcome, setOutcome] = useState<Outcome>();
  const [isBusy, setBusy] = useState(false);
  const ConfigEditor = datasource.components?.ConfigEditor;
  const save = async (): Promise<void> => {
    setBusy(true);
    setOutcome(undefined);
    try {
      const result = await saveAndTest(settings);
      setSettings(result.saved);
      setOutcome(result.outcome);
    } catch (error) {
      setOutcome(failedOutcome(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Stack direction="column" gap={2} maxWidth="900px">
      <h1>{settings.name}</h1>
      <Field label="Name" noMargin>
        <Input
          id="datasource-name"
          width={40}
          value={settings.name}
          onChange={(event) => setSettings({ ...settings, name: event.currentTarget.value })}
        />
      </Field>
      {ConfigEditor === undefined ? (
        <Alert severity="info" title="This plugin has no settings of its own." />
      ) : (
        <PluginContextProvider meta={instance.meta}>
          <ConfigEditor options={settings} onOptionsChange={setSettings} />
        </PluginContextProvider>
      )}
      {outcome !== undefined && (
        <Alert
          severity={outcome.severity}
          title={outcome.message}
          data-testid="datasource-test-result"
          bottomSpacing={0}
        >
          {outcome.details}
        </Alert>
      )}
      <Stack direction="row">
        <Button onClick={() => void save()} disabled={isBusy} icon={isBusy ? 'spinner' : undefined}>
          Save &amp; test
        </Button>
      </Stack>
    </Stack>
  );
}

/** The plugin's own settings editor. Secrets go to the server and never come back. */
export function DatasourceEditPage() {
  const { uid = '' } = useParams();
  const loaded = useLoaded(uid, () => load(uid));
  return <PageState loaded={loaded}>{(editable) => <Editor key={uid} {...editable} />}</PageState>;
}
