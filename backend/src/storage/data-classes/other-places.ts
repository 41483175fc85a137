import type { DataClass } from './data-class.js';
import { retentionRules } from './retention-rules.js';

/** What is kept outside of tables. */
export interface OtherPlace {
  readonly place: string;
  readonly holds: string;
  readonly class: DataClass;
  readonly retention: string;
  readonly erased: string;
}

export const otherPlaces: readonly OtherPlace[] = [
  {
    place: '`DATA_DIR/reports`',
    holds: 'files of reports, PDF and CSV',
    class: 'content',
    retention: retentionRules.reportFiles.kept,
    erased: 'all of the tenant go when a value of a dimension was changed, else those that name the person',
  },
  {
    place: '`DATA_DIR/journal`, without a broker',
    holds: 'blocks of events on their way into ClickHouse',
    class: 'personal',
    retention: 'until they are stored, within seconds',
    erased: 'the job waits until it is empty of what came before',
  },
  {
    place: 'queues of the broker',
    holds: 'events on their way, pseudonymised; what producers publish over AMQP, as they sent it',
    class: 'personal',
    retention: 'until they are stored',
    erased: 'the job waits until what came before is stored',
  },
  {
    place: 'caches of answers, in memory',
    holds: 'sums; values of dimensions',
    class: 'operational',
    retention: 'a minute at most; `METRICS_CACHE_BYTES_MAX` of them',
    erased: 'leave within their lifetime',
  },
  {
    place: 'the file of `subjects export`',
    holds: 'everything by and about one person',
    class: 'personal',
    retention: "whoever asked for it removes it: it is on that person's machine only",
    erased: 'by hand',
  },
  {
    place: '`DATA_DIR/admin.json`',
    holds: 'the token of the admin endpoint',
    class: 'secret',
    retention: 'while the instance runs',
    erased: 'names nobody',
  },
  {
    place: 'log of the process',
    holds: 'addresses of requests, ids of tenants and traces; no bodies, no people',
    class: 'operational',
    retention: 'of whoever collects it',
    erased: 'names nobody but users of Grafana',
  },
];
