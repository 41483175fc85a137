import {
  pathsQuerySchema,
  type AnswerCell,
  type AnswerColumn,
  type Notice,
  type PathsQuery,
} from '@coditect/contracts';
import type { PathRow } from '../../storage/clickhouse/queries/paths.js';
import { rawSource } from '../../storage/clickhouse/queries/sources.js';
import { noticesOfRetention } from '../raw-reads.js';
import { defineAnalysis, type AnalysisHandler } from './analysis-handler.js';
import { checkRawRange, checkScope, noticeOfIncomplete, type AnalysisTools } from './analysis-scope.js';
import { checkDimension, checkFilters, checkPatterns } from './check-filters.js';
import { describeDuration, describeFilters } from './describe.js';

export function createPaths({ store, limits, raw, memoryBytesMax }: AnalysisTools): AnalysisHandler {
  return defineAnalysis({
    title: 'Paths',
    schema: pathsQuerySchema,
    plan(query, asker) {
      const { range, zone } = checkScope(query, asker, limits);
      checkRawRange(range, raw);
      const by = checkDimension(query.by, '/by');
      const { filters, patterns } = checkFilters(query.filters, '/filters', limits.filterValuesMax);
      const { startsWith, stepsMax, gapMs, limit } = query;
      return {
        definition: definePaths(query),
        zone,
        async run({ asOfMs, watermarkMs }, signal) {
          await checkPatterns(patterns, store.checkRegex, signal);
          const rows = await store.readPaths(
            asker.tenant.id,
            {
              ...range,
              by,
              filters,
              ...(startsWith !== undefined && { startsWith }),
              stepsMax,
              gapMs,
              limit,
              memoryBytesMax,
            },
            signal,
          );
          return {
            columns: pathColumns,
            rows: rows.map(layOutPath),
            completeUntilMs: Math.min(watermarkMs, range.toMs),
            sources: [rawSource.table],
            notices: [
              ...noticeOfPaths(rows),
              ...noticeOfIncomplete(watermarkMs, range.toMs),
              ...noticesOfRetention(
                { tables: [rawSource.table], rawRanges: [range] },
                asOfMs,
                raw.retentionDays,
              ),
            ],
          };
        },
      };
    },
  });
}

function definePaths({ by, startsWith, stepsMax, gapMs, filters }: PathsQuery): string {
  const begin = startsWith === undefined ? '' : `, from ${JSON.stringify(startsWith)} on`;
  return `The first ${stepsMax} different values in a row of ${by} of each user's events${describeFilters(filters)}${begin}, up to a pause of ${describeDuration(gapMs)}; repeats count as one.`;
}

const pathColumns: AnswerColumn[] = [
  { name: 'path', type: 'string' },
  { name: 'steps', type: 'number', unit: 'count' },
  { name: 'users', type: 'number', unit: 'users' },
  { name: 'times', type: 'number', unit: 'count' },
  { name: 'share', type: 'number', unit: 'ratio' },
  { name: 'medianMs', type: 'number', unit: 'milliseconds' },
];

function layOutPath({ path, users, times, medianMs, timesFound }: PathRow): AnswerCell[] {
  return [path.join(' > '), path.length, users, times, times / timesFound, medianMs];
}

function noticeOfPaths(rows: readonly PathRow[]): Notice[] {
  const found = rows[0]?.pathsFound ?? 0;
  if (found <= rows.length) return [];
  const text = `${rows.length} of ${found} paths are shown, ${found - rows.length} are left out.`;
  return [{ severity: 'info', code: 'groups_truncated', text }];
}
