// What the KPIs have to be for a file of events, computed from its lines with nothing of the product's own code.

const zones = ['UTC', 'Asia/Kathmandu'];

/** Local calendar day of an instant, as 2026-01-31. */
function localDay(time, timeZone) {
  return new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(new Date(time));
}

/** Name of the calendar period that a local day belongs to: its first day. */
const periodOf = {
  '1d': (day) => day,
  '1w': (day) => {
    const date = new Date(`${day}T00:00:00Z`);
    date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7));
    return date.toISOString().slice(0, 10);
  },
  '1M': (day) => `${day.slice(0, 7)}-01`,
};

/** Whole UTC months around all events, so that no calendar period is cut where events are. */
function monthsAround(events) {
  const times = events.map((event) => Date.parse(event.time)).sort((a, b) => a - b);
  const first = new Date(times[0]);
  const last = new Date(times.at(-1));
  return {
    from: new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() - 1)).toISOString(),
    to: new Date(Date.UTC(last.getUTCFullYear(), last.getUTCMonth() + 2)).toISOString(),
  };
}

function countBy(events, nameOf) {
  const counts = new Map();
  for (const event of events) counts.set(nameOf(event), (counts.get(nameOf(event)) ?? 0) + 1);
  return counts;
}

/** Rows of an answer as a map from its dimensions (or period) to its value, which is the last column. */
function readRows({ rows }, nameOf = (cells) => cells.join(' | ')) {
  return new Map(rows.map((row) => [nameOf(row.slice(0, -1)), row.at(-1)]));
}

/** Every expected entry is there and equal; whatever else is there says zero. */
function sameCounts(expected, actual) {
  const wrong = [...expected].filter(([name, count]) => actual.get(name) !== count);
  const extra = [...actual].filter(([name, count]) => !expected.has(name) && count !== 0);
  return [
    ...wrong.map(([name, count]) => `${name}: ${actual.get(name)}, expected ${count}`),
    ...extra.map(([name, count]) => `${name}: ${count}, expected nothing`),
  ];
}

function within(share, actual, expected) {
  const isClose = typeof actual === 'number' && Math.abs(actual - expected) <= share * Math.abs(expected);
  return isClose ? [] : [`${actual}, expected ${expected} within ${share * 100} %`];
}

/** A total without groups has one row. */
function onlyValue({ rows }) {
  return rows.length === 1 ? rows[0].at(-1) : `${rows.length} rows`;
}

/** Questions about API traffic: totals, by route, errors, latency, users, each with its judge. */
export function requestQuestions(events) {
  const range = monthsAround(events);
  const day = events[0].time.slice(0, 10);
  const own = {
    from: `${day}T00:00:00Z`,
    to: new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString(),
  };
  const durations = events.map((event) => event.data.durationMs).sort((a, b) => a - b);
  const p95 = durations[Math.ceil(0.95 * durations.length - 1e-9) - 1];
  const errors = events.filter((event) => event.data.statusCode >= 500).length;
  const byRoute = countBy(events, (event) => event.data.route);
  return [
    {
      name: 'api_requests, total by route',
      query: { metric: 'api_requests', range: own, total: true, groupBy: ['route'] },
      judge: (answer) => sameCounts(byRoute, readRows(answer)),
    },
    {
      name: 'api_requests, total by method and status code',
      query: { metric: 'api_requests', range: own, total: true, groupBy: ['method', 'statusCode'] },
      judge: (answer) =>
        sameCounts(
          countBy(events, (event) => `${event.data.method} | ${event.data.statusCode}`),
          readRows(answer),
        ),
    },
    {
      name: 'api_requests per minute',
      query: { metric: 'api_requests', range: own, interval: '1m' },
      judge: (answer) =>
        sameCounts(
          countBy(events, (event) => `${event.time.slice(0, 16)}:00.000Z`),
          readRows(answer, ([time]) => new Date(time).toISOString()),
        ),
    },
    {
      name: 'api_error_rate',
      query: { metric: 'api_error_rate', range: own, total: true },
      judge: (answer) => within(1e-9, onlyValue(answer), errors / events.length),
    },
    {
      name: 'api_latency_p95 within 1 %',
      query: { metric: 'api_latency_p95', range: own, total: true },
      judge: (answer) => within(0.01, onlyValue(answer), p95),
    },
    ...[...byRoute].filter(([, count]) => count >= 50).map(([route]) => latencyOfRoute(events, own, route)),
    ...commonQuestions(events, range),
  ];
}

function latencyOfRoute(events, range, route) {
  const durations = events
    .filter((event) => event.data.route === route)
    .map((event) => event.data.durationMs);
  durations.sort((a, b) => a - b);
  const filters = [{ dimension: 'route', operator: '=', value: route }];
  return {
    name: `api_latency_p95 of ${route} within 1 %`,
    query: { metric: 'api_latency_p95', range, total: true, filters },
    judge: (answer) =>
      within(0.01, onlyValue(answer), durations[Math.ceil(0.95 * durations.length - 1e-9) - 1]),
  };
}

/** Questions about merged changes: per day, week and month in two time zones, by repository and by kind. */
export function changeQuestions(events) {
  const range = monthsAround(events);
  const byKind = countBy(events, (event) => event.data.kind ?? '');
  return [
    ...zones.flatMap((timeZone) =>
      Object.keys(periodOf).map((interval) => ({
        name: `merged_changes per ${interval} in ${timeZone}`,
        query: { metric: 'merged_changes', range, interval, timeZone },
        judge: (answer) => samePeriods(events, { answer, interval, timeZone }),
      })),
    ),
    {
      name: 'merged_changes, total by repository',
      query: { metric: 'merged_changes', range, total: true, groupBy: ['repository'] },
      judge: (answer) =>
        sameCounts(
          countBy(events, (event) => event.data.repository),
          readRows(answer),
        ),
    },
    {
      name: 'merged_changes, total by kind',
      query: { metric: 'merged_changes', range, total: true, groupBy: ['kind'], limit: 1_000 },
      judge: (answer) => sameCounts(byKind, readRows(answer)),
    },
    {
      name: 'merged_changes per month by kind, Asia/Kathmandu',
      query: {
        metric: 'merged_changes',
        range,
        interval: '1M',
        timeZone: 'Asia/Kathmandu',
        groupBy: ['kind'],
      },
      judge: (answer) =>
        sameCounts(
          countBy(
            events,
            (event) => `${periodOf['1M'](localDay(event.time, 'Asia/Kathmandu'))} | ${event.data.kind ?? ''}`,
          ),
          readRows(answer, ([time, kind]) => `${localDay(time, 'Asia/Kathmandu')} | ${kind}`),
        ),
    },
    ...commonQuestions(events, range),
  ];
}

/** Buckets are named by the instant of their first local midnight. */
function samePeriods(events, { answer, interval, timeZone }) {
  const expected = countBy(events, (event) => periodOf[interval](localDay(event.time, timeZone)));
  const notMidnight = answer.rows.slice(1).filter(([time]) => localTime(time, timeZone) !== '00:00');
  return [
    ...notMidnight.map(([time]) => `${time} is no local midnight`),
    ...sameCounts(
      expected,
      readRows(answer, ([time]) => periodOf[interval](localDay(time, timeZone))),
    ),
  ];
}

function localTime(time, timeZone) {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' });
  return format.format(new Date(time));
}

function commonQuestions(events, range) {
  return [
    {
      name: 'events, total',
      query: { metric: 'events', range, total: true },
      judge: (answer) => within(0, onlyValue(answer), events.length),
    },
    {
      name: 'events, total by type',
      query: { metric: 'events', range, total: true, groupBy: ['type'] },
      judge: (answer) =>
        sameCounts(
          countBy(events, (event) => event.type),
          readRows(answer),
        ),
    },
    ...zones.map((timeZone) => ({
      name: `active_users_daily in ${timeZone}`,
      query: { metric: 'active_users_daily', range, interval: '1d', timeZone },
      judge: (answer) =>
        sameCounts(
          distinctUsersByDay(events, timeZone),
          readRows(answer, ([time]) => localDay(time, timeZone)),
        ),
    })),
  ];
}

function distinctUsersByDay(events, timeZone) {
  const users = new Map();
  for (const event of events.filter(({ data }) => data.userId !== undefined)) {
    const day = localDay(event.time, timeZone);
    users.set(day, (users.get(day) ?? new Set()).add(event.data.userId));
  }
  return new Map([...users].map(([day, set]) => [day, set.size]));
}
