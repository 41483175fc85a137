import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Button, IconButton, InlineFieldRow, useStyles2 } from '@grafana/ui';
import { explainSteps } from '../../model/saved-query';
import { testIds } from '../../testIds';
import type { FunnelSettings, FunnelStep } from '../../types';
import { CountField, DurationField, NameField, TextField } from '../fields';
import { Problem } from '../Problem';
import { EventFields } from './EventFields';
import type { KindEditorProps } from './kind-editor';

const stepsMin = 2;
const stepsMax = 10;

/** Steps in their order, how long they may take, and by what they are split. */
export function FunnelEditor(props: KindEditorProps<FunnelSettings>) {
  const { refId, settings, dimensions, explainDimension, onChange } = props;
  const { steps } = settings;
  const setSteps = (changed: FunnelStep[]) => onChange({ steps: changed });
  const breakdownProblem = explainDimension(settings.breakdown ?? '');
  return (
    <>
      {steps.map((step, index) => (
        // Steps have no identity of their own; a row is its position.
        <Step
          key={index}
          {...props}
          step={step}
          index={index}
          onStep={(changed) =>
            setSteps(steps.map((other, at) => (at === index ? { ...other, ...changed } : other)))
          }
          onMove={(by) => setSteps(moved(steps, index, by))}
          onRemove={() => setSteps(steps.filter((_other, at) => at !== index))}
        />
      ))}
      <Problem text={explainSteps(steps)} />
      <Button
        variant="secondary"
        icon="plus"
        type="button"
        data-testid={testIds.queryEditor.addStep}
        disabled={steps.length >= stepsMax}
        onClick={() => setSteps([...steps, { filters: [] }])}
      >
        Add step
      </Button>
      <div style={{ height: 4 }} />
      <InlineFieldRow>
        <DurationField
          id={`coditect-funnel-window-${refId}`}
          label="Within"
          tooltip="How long a user has from the first step to the last, also beyond the end of the range."
          valueMs={settings.windowMs}
          onChange={(windowMs) => onChange({ windowMs })}
        />
        <NameField
          id={`coditect-funnel-breakdown-${refId}`}
          label="Breakdown"
          tooltip="The value that the first step has."
          value={settings.breakdown ?? ''}
          placeholder="Nothing"
          options={dimensions}
          problem={breakdownProblem}
          isClearable
          onChange={(breakdown) => onChange({ breakdown })}
        />
        {(settings.breakdown ?? '') !== '' && (
          <CountField
            id={`coditect-funnel-limit-${refId}`}
            label="Values"
            tooltip="At most this many, those with the most users."
            value={settings.limit}
            max={100}
            onChange={(limit) => onChange({ limit })}
          />
        )}
      </InlineFieldRow>
      <Problem text={breakdownProblem} />
    </>
  );
}

interface StepProps extends KindEditorProps<FunnelSettings> {
  step: FunnelStep;
  index: number;
  onStep: (changed: Partial<FunnelStep>) => void;
  onMove: (by: -1 | 1) => void;
  onRemove: () => void;
}

function Step(props: StepProps) {
  const { refId, step, index, settings, dimensions, explainFilters, datasource } = props;
  const { onStep, onMove, onRemove } = props;
  const styles = useStyles2(getStyles);
  const number = index + 1;
  const id = `coditect-funnel-${refId}-${index}`;
  return (
    <fieldset className={styles.step} data-testid={testIds.queryEditor.step(index)}>
      <legend className={styles.legend}>
        Step {number}
        <IconButton
          name="arrow-up"
          size="sm"
          aria-label={`Move step ${number} up`}
          disabled={index === 0}
          onClick={() => onMove(-1)}
        />
        <IconButton
          name="arrow-down"
          size="sm"
          aria-label={`Move step ${number} down`}
          disabled={number === settings.steps.length}
          onClick={() => onMove(1)}
        />
        <IconButton
          name="trash-alt"
          size="sm"
          aria-label={`Remove step ${number}`}
          disabled={settings.steps.length <= stepsMin}
          onClick={onRemove}
        />
      </legend>
      <TextField
        id={`${id}-label`}
        label="Name"
        value={step.label ?? ''}
        placeholder="As the event is called"
        onChange={(label) => onStep({ label })}
      />
      <EventFields
        id={id}
        label="Event"
        choice={step}
        placeholder="Any event"
        dimensions={dimensions}
        explainFilters={explainFilters}
        datasource={datasource}
        onChange={onStep}
      />
    </fieldset>
  );
}

function moved<T>(list: readonly T[], from: number, by: -1 | 1): T[] {
  const [item, others] = [list.slice(from, from + 1), list.filter((_other, at) => at !== from)];
  return [...others.slice(0, from + by), ...item, ...others.slice(from + by)];
}

function getStyles(theme: GrafanaTheme2) {
  return {
    step: css({
      padding: theme.spacing(0, 0, 0, 1),
      marginBottom: theme.spacing(1),
      borderLeft: `2px solid ${theme.colors.border.medium}`,
    }),
    legend: css({
      display: 'flex',
      alignItems: 'center',
      gap: theme.spacing(0.5),
      marginBottom: theme.spacing(0.5),
      fontSize: theme.typography.body.fontSize,
      fontWeight: theme.typography.fontWeightMedium,
    }),
  };
}
