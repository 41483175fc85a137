import { locationService } from '@grafana/runtime';
import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { addressOf, readPagePath } from '../model/page-path';
import { ReportsPage } from './ReportsPage';
import { ScheduleEditorPage } from './ScheduleEditorPage';
import { SchedulesPage } from './SchedulesPage';

const subscribe = (notify: () => void) => locationService.getHistory().listen(notify);
const readPath = () => locationService.getLocation().pathname;

/**
 * The pages under /a/coditect-analytics-app. They follow Grafana's own location, not a router: which router Grafana
 * shares with plugins has changed between versions.
 */
export function AppRoot() {
  const pathname = useSyncExternalStore(subscribe, readPath);
  const path = useMemo(() => readPagePath(pathname), [pathname]);
  switch (path?.page) {
    case undefined:
      return <ToReports />;
    case 'reports':
      return <ReportsPage />;
    case 'schedules':
      return <SchedulesPage />;
    case 'newSchedule':
      return <ScheduleEditorPage key="new" />;
    case 'schedule':
      return <ScheduleEditorPage key={path.id} id={path.id} />;
  }
}

/** Grafana names a page after its address, so the reports are shown at theirs only. */
function ToReports() {
  useEffect(() => {
    locationService.replace(addressOf({ page: 'reports' }, undefined) + locationService.getLocation().search);
  }, []);
  return null;
}
