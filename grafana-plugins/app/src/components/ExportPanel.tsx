import { css } from '@emotion/css';
import { dateTimeFormat, type GrafanaTheme2, type PluginExtensionPanelContext } from '@grafana/data';
import { getTemplateSrv } from '@grafana/runtime';
import { useStyles2 } from '@grafana/ui';
import type { KpiDescription } from '@coditect/contracts';
import type { PanelCircumstances, PanelQuestions } from '@coditect/plugins-shared';
import { useCallback, useMemo, useState } from 'react';
import type { PanelSource } from '../model/panel-source';
import { nameTimeZone } from '../model/period';
import {
  buildReportRequest,
  chooseQueries,
  explainChoice,
  hasFullData,
  type ExportChoice,
} from '../model/report-request';
import { toShownFrames } from '../model/shown-frames';
import { ExportForm } from './ExportForm';
import { ExportOutcome } from './ExportOutcome';
import type { OpenSource } from './load-source';
import { RecentReports } from './RecentReports';
import { useExport } from './use-export';

interface Props {
  context: Readonly<PluginExtensionPanelContext>;
  circumstances: PanelCircumstances;
  panelSource: PanelSource;
  opened: OpenSource & { kpis: KpiDescription[]; plans: PanelQuestions[] };
  onDismiss: () => void;
}

/** The form, what becomes of the export, and the last reports. */
export function ExportPanel({ context, circumstances, panelSource, opened, onDismiss }: Props) {
  const styles = useStyles2(getStyles);
  const { source, reports, plans, kpis } = opened;
  const [endedCount, setEndedCount] = useState(0);
  const exporting = useExport(
    reports,
    useCallback(() => setEndedCount((count) => count + 1), []),
  );
  const panelTitle = getTemplateSrv().replace(context.title);
  const shown = useMemo(() => toShownFrames(context.data?.series ?? [], context.pluginId), [context]);
  const [choice, setChoice] = useState<ExportChoice>(() => ({
    title: panelTitle || context.dashboard.title || 'Report',
    format: 'pdf',
    content: hasFullData(plans) ? 'full' : 'shown',
    fromMs: circumstances.fromMs,
    toMs: circumstances.toMs,
    groupBy: undefined,
    detail: 'both',
    page: 'A4',
    numbers: 'raw',
    byteOrderMark: false,
  }));
  const zone = nameTimeZone(context.timeZone, Intl.DateTimeFormat().resolvedOptions().timeZone);
  const prepare = async () => {
    const origin = { dashboard: context.dashboard.title, panel: panelTitle, timeZone: zone };
    if (choice.content === 'shown') {
      if (shown.kind === 'refused') throw new Error(shown.reason);
      const panelRange = { fromMs: circumstances.fromMs, toMs: circumstances.toMs };
      return buildReportRequest({ ...choice, ...panelRange }, { frames: shown.frames }, origin);
    }
    const { fromMs, toMs } = choice;
    const asked = await source.planQuestions(panelSource.targets, { ...circumstances, fromMs, toMs });
    return buildReportRequest(choice, { queries: chooseQueries(asked, choice) }, origin);
  };

  return (
    <div className={styles.panel}>
      {exporting.state.step === 'choosing' ? (
        <ExportForm
          choice={choice}
          problems={explainChoice(choice)}
          plans={plans}
          kpis={kpis}
          shown={shown}
          foreignCount={panelSource.foreignCount}
          timeZone={context.timeZone}
          timeZoneName={zone}
          loadedAt={loadedAt(context)}
          onChange={setChoice}
          onSubmit={() => exporting.start(prepare)}
          onDismiss={onDismiss}
        />
      ) : (
        <ExportOutcome exporting={exporting} title={choice.title} onDismiss={onDismiss} />
      )}
      <RecentReports
        reports={reports}
        sourceUid={opened.uid}
        endedCount={endedCount}
        timeZone={context.timeZone}
        onLeave={onDismiss}
      />
    </div>
  );
}

/** When the values on screen were asked for. */
function loadedAt({ data, timeZone }: Readonly<PluginExtensionPanelContext>): string | undefined {
  const at = data?.request?.endTime ?? data?.request?.startTime;
  return at === undefined ? undefined : dateTimeFormat(at, { format: 'HH:mm:ss', timeZone });
}

function getStyles(theme: GrafanaTheme2) {
  return {
    panel: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(2) }),
  };
}
