import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { InlineField, InlineFieldRow, MultiCombobox, useStyles2 } from '@grafana/ui';
import { useMemo } from 'react';
import type { AnalyticsDataSource } from '../datasource';
import type { Loss } from '../model/losses';
import { explainProblems } from '../model/problems';
import { typedChoice } from '../model/typed-choice';
import { testIds } from '../testIds';
import type { KpiQuery } from '../types';
import { AnswerOptions } from './AnswerOptions';
import { Filters } from './Filters';
import { KpiPicker } from './KpiPicker';
import { MarkFields } from './MarkFields';
import { Problem } from './Problem';
import type { Catalogue } from './useCatalogue';
import { variableOptions } from './variable-options';

interface Props {
  query: KpiQuery;
  /** What of it could not be read. */
  unread: readonly Loss[];
  catalogue: Catalogue;
  /** Of the whole catalogue, for a KPI that is not known yet. */
  dimensions: string[];
  datasource: AnalyticsDataSource;
  /** Then some of its values are marked. */
  isAnnotation: boolean;
  onChange: (changed: Partial<KpiQuery>) => void;
}

/** Which KPI, split by what, filtered how, over which steps and compared with when. */
export function KpiEditor(props: Props) {
  const { query, unread, catalogue, dimensions: all, datasource, isAnnotation, onChange } = props;
  const styles = useStyles2(getStyles);
  const { kpis, failure } = catalogue;
  const kpi = kpis?.find(({ id }) => id === query.metric);
  const problems = explainProblems(query, kpis);
  const ids = testIds.queryEditor;
  const dimensions = kpi?.dimensions ?? all;
  const names = dimensions.join();
  // The same list as long as it holds the same: another one takes away what is being typed.
  const groupings = useMemo(
    () => [...names.split(',').flatMap((value) => (value === '' ? [] : [{ value }])), ...variableOptions()],
    [names],
  );
  return (
    <>
      <InlineFieldRow>
        <KpiPicker
          refId={query.refId}
          metric={query.metric}
          kpis={kpis}
          isLoading={kpis === undefined && failure === undefined}
          isInvalid={problems.metric !== undefined}
          onChange={(metric) => onChange({ metric })}
        />
        <InlineField label="Group by" labelWidth={14} invalid={problems.groupBy !== undefined}>
          <MultiCombobox
            id={`coditect-group-by-${query.refId}`}
            data-testid={ids.groupBy}
            width="auto"
            minWidth={24}
            maxWidth={60}
            placeholder="Whole tenant"
            createCustomValue
            options={groupings}
            value={query.groupBy}
            onChange={(options) =>
              onChange({ groupBy: options.map(({ value }) => typedChoice(value, groupings)) })
            }
          />
        </InlineField>
      </InlineFieldRow>
      <Problem text={problems.metric} />
      <Problem text={problems.groupBy} />
      {kpi && (
        <div data-testid={ids.definition} className={styles.definition}>
          {kpi.definition} Unit: {kpi.unit}. Formula: {kpi.formula}.
        </div>
      )}
      <Filters
        refId={query.refId}
        filters={query.filters}
        dimensions={dimensions}
        problems={problems.filters}
        findValues={(dimension, prefix) => datasource.client.dimensionValues(dimension, prefix)}
        onChange={(filters) => onChange({ filters })}
      />
      {isAnnotation && <MarkFields query={query} onChange={onChange} />}
      <AnswerOptions
        query={query}
        kpi={kpi}
        intervalProblem={problems.interval ?? explainSavedInterval(unread)}
        onChange={onChange}
      />
    </>
  );
}

/** One that there is not must not look like the choice of "Automatic". */
function explainSavedInterval(unread: readonly Loss[]): string | undefined {
  const loss = unread.find(({ path }) => path === 'interval');
  return loss && `Saved is an interval that there is not: ${loss.reason}. Choose one.`;
}

function getStyles(theme: GrafanaTheme2) {
  return {
    definition: css({
      margin: theme.spacing(0, 0, 1, 0.5),
      maxWidth: 800,
      color: theme.colors.text.secondary,
      fontSize: theme.typography.bodySmall.fontSize,
    }),
  };
}
