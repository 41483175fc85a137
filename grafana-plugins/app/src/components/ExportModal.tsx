import { Alert, LinkButton, LoadingPlaceholder, Stack } from '@grafana/ui';
import { rangeUtil, type PluginExtensionPanelContext } from '@grafana/data';
import { useCallback, useMemo } from 'react';
import type { PanelSource } from '../model/panel-source';
import type { PanelCircumstances } from '@coditect/plugins-shared';
import { ExportPanel } from './ExportPanel';
import { openSource } from './load-source';
import { settingsLink } from './page-link';
import { useLoaded } from './use-loaded';

interface Props {
  context: Readonly<PluginExtensionPanelContext>;
  panelSource: PanelSource;
  onDismiss: () => void;
}

/** What the dialogue needs to know before it can offer anything. */
export function ExportModal({ context, panelSource, onDismiss }: Props) {
  const { uid, targets } = panelSource;
  const circumstances = useMemo(() => circumstancesOf(context), [context]);
  const open = useCallback(async () => {
    const opened = await openSource(uid);
    // Without the catalogue there is nothing to group by, and everything else still works.
    const kpis = await opened.source.kpis().catch(() => []);
    return { ...opened, kpis, plans: await opened.source.planQuestions(targets, circumstances) };
  }, [uid, targets, circumstances]);
  const { loaded, reload } = useLoaded(open);

  // Before its first request a panel's variables are not known, and its questions would be others.
  if (context.data?.request === undefined) {
    return (
      <Alert title="This panel is still loading" severity="info">
        Open the export again when it shows its values.
      </Alert>
    );
  }
  switch (loaded.state) {
    case 'loading':
      return <LoadingPlaceholder text="Loading" />;
    case 'failed':
      return (
        <Alert title="This panel cannot be exported yet" severity="warning">
          <Stack direction="column" gap={1} alignItems="flex-start">
            {loaded.reason}
            <Stack direction="row" gap={1}>
              <LinkButton size="sm" variant="secondary" href={settingsLink(uid)} onClick={onDismiss}>
                Open the data source
              </LinkButton>
              <LinkButton size="sm" variant="secondary" fill="text" onClick={reload}>
                Try again
              </LinkButton>
            </Stack>
          </Stack>
        </Alert>
      );
    case 'done':
      return (
        <ExportPanel
          context={context}
          circumstances={circumstances}
          panelSource={panelSource}
          opened={loaded.value}
          onDismiss={onDismiss}
        />
      );
  }
}

/** What the panel's last request knew; a panel that has not asked yet has its range and zone only. */
function circumstancesOf(context: Readonly<PluginExtensionPanelContext>): PanelCircumstances {
  const { data, timeZone, pluginId, scopedVars = {} } = context;
  const range = data?.timeRange ?? rangeUtil.convertRawToRange(context.timeRange, timeZone);
  const request = data?.request;
  return {
    fromMs: range.from.valueOf(),
    toMs: range.to.valueOf(),
    timeZone,
    panelPluginId: pluginId,
    maxDataPoints: request?.maxDataPoints,
    adHocFilters: request?.filters ?? [],
    // The scene object stays behind: it can't be used through the read-only view, and the page's own is the same.
    scopedVars: { ...withoutScene(request?.scopedVars ?? {}), ...withoutScene(scopedVars) },
  };
}

function withoutScene(vars: PanelCircumstances['scopedVars']): PanelCircumstances['scopedVars'] {
  const { __sceneObject: _scene, ...others } = vars;
  return others;
}
