import { css } from '@emotion/css';
import { locationService } from '@grafana/runtime';
import type { GrafanaTheme2 } from '@grafana/data';
import {
  Alert,
  Button,
  ClipboardButton,
  LinkButton,
  LoadingPlaceholder,
  Stack,
  useStyles2,
} from '@grafana/ui';
import type { KpiDescription, Schedule } from '@coditect/contracts';
import { useCallback, useState, type FormEvent } from 'react';
import { addressOf } from '../model/page-path';
import {
  emptyForm,
  explainForm,
  isEditable,
  toForm,
  toRequest,
  type FormProblems,
} from '../model/schedule-form';
import { testIds } from '../testIds';
import { reasonOf, type OpenSource } from './load-source';
import { pageLink } from './page-link';
import { ScheduleContentFields } from './ScheduleContentFields';
import { ScheduleDeliveryFields } from './ScheduleDeliveryFields';
import { ScheduleTimeFields } from './ScheduleTimeFields';
import { SourcePage } from './SourcePage';
import { useLoaded } from './use-loaded';

/** @param id of the schedule to edit; without it a new one is made */
export function ScheduleEditorPage({ id }: { id?: string }) {
  const text = id === undefined ? 'New schedule' : 'Edit schedule';
  return (
    <SourcePage
      pageNav={{ text, parentItem: { text: 'Schedules', url: pageLink({ page: 'schedules' }, undefined) } }}
    >
      {(opened) => <LoadedEditor key={opened.uid} {...opened} id={id} />}
    </SourcePage>
  );
}

interface Loading extends OpenSource {
  id: string | undefined;
}

function LoadedEditor(props: Loading) {
  const { source, reports, id } = props;
  const load = useCallback(async () => {
    const [kpis, list] = await Promise.all([
      source.kpis(),
      id === undefined ? undefined : reports.schedules(),
    ]);
    const schedule = list?.schedules.find((each) => each.id === id);
    if (id !== undefined && schedule === undefined) throw new Error('There is no such schedule any more.');
    return { kpis, schedule };
  }, [source, reports, id]);
  const { loaded, reload } = useLoaded(load);
  switch (loaded.state) {
    case 'loading':
      return <LoadingPlaceholder text="Loading" />;
    case 'failed':
      return (
        <Alert severity="error" title="The schedule cannot be edited" data-testid={testIds.schedules.problem}>
          <p>{loaded.reason}</p>
          <Button size="sm" variant="secondary" onClick={reload}>
            Try again
          </Button>
        </Alert>
      );
    case 'done':
      return <Editor {...props} {...loaded.value} />;
  }
}

interface EditorProps extends OpenSource {
  kpis: KpiDescription[];
  schedule: Schedule | undefined;
}

function Editor({ uid, reports, kpis, schedule }: EditorProps) {
  const styles = useStyles2(getStyles);
  const [form, setForm] = useState(() =>
    schedule === undefined ? emptyForm(Intl.DateTimeFormat().resolvedOptions().timeZone) : toForm(schedule),
  );
  const [isTried, setTried] = useState(false);
  const [refusal, setRefusal] = useState<string>();
  const [isSaving, setSaving] = useState(false);
  const [secret, setSecret] = useState<string>();
  const found = explainForm(form);
  const problems: FormProblems = isTried ? found : {};

  const leave = () => locationService.push(addressOf({ page: 'schedules' }, uid));
  const save = async () => {
    setSaving(true);
    setRefusal(undefined);
    try {
      const request = toRequest(form, schedule);
      const saved = await (schedule === undefined
        ? reports.createSchedule(request)
        : reports.updateSchedule(schedule.id, request));
      const given = secretOf(saved);
      if (given === undefined) leave();
      else setSecret(given);
    } catch (error) {
      setRefusal(reasonOf(error));
      setSaving(false);
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (Object.keys(found).length === 0) void save();
  };

  if (secret !== undefined) return <WebhookSecret secret={secret} onDone={leave} />;
  // Two fields may change before the form is drawn again: only what a field has changed is taken over.
  const change = (next: typeof form) =>
    setForm((current) => ({
      ...current,
      ...Object.fromEntries(
        Object.entries(next).filter(([name, value]) => value !== Reflect.get(form, name)),
      ),
    }));
  const fields = { form, problems, onChange: change };
  return (
    <form onSubmit={submit} noValidate className={styles.form} data-testid={testIds.schedules.form}>
      <ScheduleContentFields
        {...fields}
        kpis={kpis}
        hasFixedQueries={schedule !== undefined && !isEditable(schedule.queries)}
      />
      <ScheduleTimeFields {...fields} />
      <ScheduleDeliveryFields {...fields} />
      {isTried && Object.keys(found).length > 0 && (
        <div role="alert" className={styles.problem}>
          {Object.values(found).join(' ')}
        </div>
      )}
      {refusal !== undefined && (
        <Alert severity="error" title="The schedule was not saved" bottomSpacing={0}>
          {refusal}
        </Alert>
      )}
      <div className={styles.buttons}>
        <Button type="submit" disabled={isSaving} icon={isSaving ? 'spinner' : undefined}>
          Save schedule
        </Button>
        <LinkButton variant="secondary" fill="outline" href={pageLink({ page: 'schedules' }, uid)}>
          Back
        </LinkButton>
      </div>
    </form>
  );
}

/** The service tells it once, with the answer to the write that gave the schedule its first webhook. */
function secretOf(saved: object): string | undefined {
  return 'webhookSecret' in saved && typeof saved.webhookSecret === 'string'
    ? saved.webhookSecret
    : undefined;
}

function WebhookSecret({ secret, onDone }: { secret: string; onDone: () => void }) {
  return (
    <Alert severity="success" title="The schedule is saved. Its webhooks are signed with this secret">
      <p>Copy it to whoever checks the signature: it is not shown again.</p>
      <p>
        <code>{secret}</code>
      </p>
      <Stack direction="row" gap={1}>
        <ClipboardButton icon="copy" variant="secondary" getText={() => secret}>
          Copy
        </ClipboardButton>
        <Button onClick={onDone}>Done</Button>
      </Stack>
    </Alert>
  );
}

function getStyles(theme: GrafanaTheme2) {
  return {
    form: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(1), maxWidth: 720 }),
    problem: css({ color: theme.colors.error.text }),
    buttons: css({ display: 'flex', gap: theme.spacing(1), flexWrap: 'wrap', marginTop: theme.spacing(1) }),
  };
}
