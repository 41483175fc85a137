import type { ClickHouse } from '../../storage/clickhouse/client.js';
import { queryReleases } from '../../storage/clickhouse/queries/annotation-releases.js';
import type { AnnotationReader } from './annotation-reader.js';

/** The first run of each version of an agent. */
export function createReleasesReader(clickHouse: ClickHouse): AnnotationReader {
  return async ({ tenant, query, selection }, signal) => {
    const request = { ...selection, rowsMax: query.limit };
    const { releases, found, tables } = await queryReleases(clickHouse, tenant.id, request, signal);
    return {
      annotations: releases.map(({ agent, version, atMs }) => ({
        time: new Date(atMs).toISOString(),
        title: `${agent} ${version}`,
        text: `First run of version ${version} of ${agent}.`,
        tags: ['release', agent],
      })),
      found,
      tables,
    };
  };
}
