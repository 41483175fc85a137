import { PanelPlugin, type DataQuery, type LogRowModel, type PanelProps } from '@grafana/data';
import { PanelDataErrorView } from '@grafana/runtime';
import { ScrollContainer } from '@grafana/ui';
import { useMemo, useState } from 'react';
import { LogContext, useHasLogContext } from '../logs/LogContext';
import { LogLines } from '../logs/LogLines';
import { toLogRows } from '../logs/log-rows';
import { standInMeta } from './stand-in-meta';

interface LogsOptions {
  wrapLogMessage: boolean;
  sortOrder: 'Ascending' | 'Descending';
}

function findQuery(row: LogRowModel, queries: readonly DataQuery[]): DataQuery | undefined {
  return queries.find(({ refId }) => refId === row.dataFrame.refId) ?? queries[0];
}

function LogsPanel({ id, data, fieldConfig, options, timeZone }: PanelProps<LogsOptions>) {
  const rows = useMemo(() => {
    const newestFirst = toLogRows(data.series);
    return options.sortOrder === 'Ascending' ? newestFirst.reverse() : newestFirst;
  }, [data.series, options.sortOrder]);
  const [chosen, setChosen] = useState<LogRowModel>();
  const queries = data.request?.targets ?? [];
  const hasContext = useHasLogContext(queries[0]?.datasource);
  const query = chosen && findQuery(chosen, queries);
  if (rows.length === 0) {
    return <PanelDataErrorView panelId={id} data={data} fieldConfig={fieldConfig} needsStringField />;
  }
  return (
    <ScrollContainer>
      <LogLines
        rows={rows}
        timeZone={timeZone}
        isWrapped={options.wrapLogMessage}
        onContext={hasContext ? setChosen : undefined}
      />
      {chosen !== undefined && query !== undefined && (
        <LogContext row={chosen} query={query} timeZone={timeZone} onDismiss={() => setChosen(undefined)} />
      )}
    </ScrollContainer>
  );
}

const plugin = new PanelPlugin<LogsOptions>(LogsPanel).useFieldConfig().setPanelOptions((builder) => {
  builder.addBooleanSwitch({ path: 'wrapLogMessage', name: 'Wrap lines', defaultValue: false }).addRadio({
    path: 'sortOrder',
    name: 'Order',
    defaultValue: 'Descending',
    settings: {
      options: [
        { value: 'Descending', label: 'Newest first' },
        { value: 'Ascending', label: 'Oldest first' },
      ],
    },
  });
});
plugin.meta = standInMeta('logs', 'Logs');

export const logsPanel = plugin;
