import {
  hasLogsContextSupport,
  LogRowContextQueryDirection,
  toDataFrame,
  type DataQuery,
  type DataSourceRef,
  type LogRowModel,
  type TimeZone,
} from '@grafana/data';
import { getDataSourceSrv } from '@grafana/runtime';
import { Alert, Modal } from '@grafana/ui';
import { useEffect, useState } from 'react';
import { PageState } from '../pages/page-state';
import { useLoaded } from '../pages/use-loaded';
import { LogLines } from './LogLines';
import { toLogRows } from './log-rows';

/** How many lines are asked for on either side. */
const limit = 20;

/** Whether the lines of a query have a context: the data source says so by what it can do. */
export function useHasLogContext(datasource: DataSourceRef | null | undefined): boolean {
  const [has, setHas] = useState(false);
  const uid = datasource?.uid;
  useEffect(() => {
    let isCurrent = true;
    const keep = (value: boolean): void => {
      if (isCurrent) {
        setHas(value);
      }
    };
    getDataSourceSrv()
      .get({ uid })
      .then(
        (found) => keep(hasLogsContextSupport(found)),
        () => keep(false),
      );
    return () => {
      isCurrent = false;
    };
  }, [uid]);
  return has;
}

/** A data source may give the line itself, too, on either side. */
function isSameLine(left: LogRowModel, right: LogRowModel): boolean {
  const hasId = left.rowId !== undefined && left.rowId === right.rowId;
  return hasId || (left.timeEpochNs === right.timeEpochNs && left.entry === right.entry);
}

async function loadContext(row: LogRowModel, query: DataQuery): Promise<LogRowModel[]> {
  const datasource = await getDataSourceSrv().get(query.datasource);
  if (!hasLogsContextSupport(datasource)) {
    throw new Error('This data source has no context of log lines.');
  }
  const ask = async (direction: LogRowContextQueryDirection): Promise<LogRowModel[]> => {
    const { data } = await datasource.getLogRowContext(row, { direction, limit }, query);
    return toLogRows(data.map((frame) => toDataFrame(frame))).filter((found) => !isSameLine(found, row));
  };
  const [after, before] = await Promise.all([
    ask(LogRowContextQueryDirection.Forward),
    ask(LogRowContextQueryDirection.Backward),
  ]);
  return [...after, row, ...before];
}

interface Props {
  row: LogRowModel;
  query: DataQuery;
  timeZone: TimeZone;
  onDismiss: () => void;
}

/** The lines around one line, as its data source finds them. */
export function LogContext({ row, query, timeZone, onDismiss }: Props) {
  const loaded = useLoaded(row.uid, () => loadContext(row, query));
  return (
    <Modal title="Log context" isOpen onDismiss={onDismiss}>
      <div data-testid="log-context">
        <PageState loaded={loaded}>
          {(rows) =>
            rows.length === 1 ? (
              <Alert severity="info" title="There are no lines around this one." />
            ) : (
              <LogLines rows={rows} timeZone={timeZone} isWrapped />
            )
          }
        </PageState>
      </div>
    </Modal>
  );
}
