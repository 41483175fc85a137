import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Field, Icon, Input, MultiCombobox, RadioButtonGroup, useStyles2 } from '@grafana/ui';
import type { KpiDescription } from '@coditect/contracts';
import type { PanelQuestions } from '@coditect/plugins-shared';
import { fromLocalText, toLocalText } from '../model/period';
import { hasBothKinds, type ExportChoice } from '../model/report-request';
import { testIds } from '../testIds';
import { SpokenLabel } from './SpokenLabel';

interface Props {
  choice: ExportChoice;
  problems: { period?: string };
  plans: PanelQuestions[];
  kpis: KpiDescription[];
  foreignCount: number;
  timeZone: string;
  timeZoneName: string;
  onChange: (choice: ExportChoice) => void;
}

/** Which period, split by what. It starts with what the panel asks. */
export function FullDataFields(props: Props) {
  const { choice, problems, plans, foreignCount, timeZone, timeZoneName, onChange } = props;
  const styles = useStyles2(getStyles);
  const unused = plans.flatMap((plan) => plan.unused);
  if (foreignCount > 0) {
    unused.push('Queries of other data sources are left out. Export as shown to have them too.');
  }
  const period = (key: 'fromMs' | 'toMs', label: string, testId: string) => (
    <Field
      label={label}
      description={timeZoneName}
      className={styles.moment}
      noMargin
      invalid={key === 'toMs' && problems.period !== undefined}
      error={key === 'toMs' ? (problems.period ?? '') : ''}
    >
      <Input
        id={`coditect-export-${key}`}
        data-testid={testId}
        type="datetime-local"
        step={1}
        defaultValue={toLocalText(choice[key], timeZone)}
        onChange={(event) =>
          onChange({ ...choice, [key]: fromLocalText(event.currentTarget.value, timeZone) })
        }
      />
    </Field>
  );
  return (
    <>
      <div className={styles.columns}>
        {period('fromMs', 'From', testIds.export.from)}
        {period('toMs', 'To, not included', testIds.export.to)}
      </div>
      <GroupBy {...props} />
      {hasBothKinds(plans) && (
        <Field label="Values" noMargin>
          <RadioButtonGroup
            id="coditect-export-detail"
            aria-label="Values"
            options={[
              { value: 'both' as const, label: 'Totals and intervals' },
              { value: 'totals' as const, label: 'Totals' },
              { value: 'intervals' as const, label: 'Intervals' },
            ]}
            value={choice.detail}
            onChange={(detail) => onChange({ ...choice, detail })}
          />
        </Field>
      )}
      {unused.map((text) => (
        <div key={text} className={styles.warning}>
          <Icon name="exclamation-triangle" aria-hidden /> {text}
        </div>
      ))}
    </>
  );
}

function GroupBy({ choice, plans, kpis, onChange }: Pick<Props, 'choice' | 'plans' | 'kpis' | 'onChange'>) {
  const queries = plans.flatMap(({ series, total }) => series ?? total ?? []);
  const ownOf = queries.map(({ groupBy = [] }) => groupBy);
  const [own = []] = ownOf;
  const isSame = ownOf.every((groupBy) => groupBy.join() === own.join());
  const dimensions = queries
    .map(({ metric }) => kpis.find(({ id }) => id === metric)?.dimensions ?? [])
    .reduce((common, each) => common.filter((name) => each.includes(name)));
  const options = [...new Set([...dimensions, ...(isSame ? own : [])])].map((value) => ({ value }));
  return (
    <div>
      <SpokenLabel id="coditect-export-group-by-label" text="Group by" />
      <Field
        label="Group by"
        noMargin
        description={
          isSame || choice.groupBy !== undefined
            ? 'At most four dimensions, none for the whole tenant'
            : 'Each query as the panel groups it, until you choose'
        }
      >
        <MultiCombobox
          id="coditect-export-group-by"
          aria-labelledby="coditect-export-group-by-label"
          placeholder="Whole tenant"
          options={options}
          value={choice.groupBy ?? (isSame ? own : [])}
          onChange={(chosen) =>
            onChange({ ...choice, groupBy: chosen.map(({ value }) => value).slice(0, 4) })
          }
        />
      </Field>
    </div>
  );
}

function getStyles(theme: GrafanaTheme2) {
  return {
    columns: css({ display: 'flex', flexWrap: 'wrap', gap: theme.spacing(2) }),
    moment: css({ flex: '1 1 220px', minWidth: 0 }),
    warning: css({ color: theme.colors.warning.text }),
  };
}
