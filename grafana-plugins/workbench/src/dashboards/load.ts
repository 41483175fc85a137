import { getBackendSrv } from '@grafana/runtime';
import { z } from 'zod';
import {
  dashboardListSchema,
  dashboardSchema,
  type DashboardJson,
  type DashboardListItem,
} from './dashboard-schema';

const answerSchema = z.object({ dashboard: dashboardSchema });

export async function listDashboards(): Promise<DashboardListItem[]> {
  return dashboardListSchema.parse(await getBackendSrv().get<unknown>('/api/search'));
}

/** @throws a `FetchError` when there is no such dashboard, a `ZodError` when its JSON is not one. */
export async function loadDashboard(uid: string): Promise<DashboardJson> {
  const answer = await getBackendSrv().get<unknown>(`/api/dashboards/uid/${encodeURIComponent(uid)}`);
  return answerSchema.parse(answer).dashboard;
}
