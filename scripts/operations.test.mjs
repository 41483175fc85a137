import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parser } from '@prometheus-io/lezer-promql';
import { parse } from 'yaml';
import { z } from 'zod';

// What Grafana is given to watch the product with: every query can be read and names telemetry that there is, every alert has a
// shape that Grafana provisions, and a page that says what to do.

const root = path.resolve(__dirname, '..');
const read = (...parts) => readFileSync(path.join(root, ...parts), 'utf8');
const filesIn = (folder, ending) =>
  readdirSync(path.join(root, folder))
    .filter((name) => name.endsWith(ending))
    .map((name) => ({ name, text: read(folder, name) }));

const prometheus = 'coditect-prometheus';
/** Of every scrape, whatever is scraped. */
const scrapeLabels = ['job', 'instance'];

/** Names and labels as the reference page has them, histograms as they are scraped. */
function readReference() {
  const known = new Map([['up', new Set(scrapeLabels)]]);
  for (const [, name, type, labelCell] of read('docs/reference/metrics.md').matchAll(
    /^\| `(\w+)` \| (\w+) \| (.*?) \|/gmu,
  )) {
    const labels = [...labelCell.matchAll(/`(\w+)`/gu)].map(([, label]) => label).concat(scrapeLabels);
    const names = type === 'histogram' ? ['_bucket', '_sum', '_count'].map((end) => name + end) : [name];
    for (const one of names) known.set(one, new Set(one.endsWith('_bucket') ? [...labels, 'le'] : labels));
  }
  return known;
}
const reference = readReference();

/** Selectors of a query, with the labels that they match; what is grouped by; and where it can't be read. */
function takeApart(expr) {
  const found = { selectors: [], grouping: [], errors: [] };
  parser.parse(expr).iterate({
    enter(node) {
      const text = expr.slice(node.from, node.to);
      if (node.type.isError) found.errors.push(`${node.from}: ${expr.slice(node.from, node.from + 20)}`);
      if (node.name === 'VectorSelector') found.selectors.push({ name: /^\w+/u.exec(text)?.[0], labels: [] });
      if (node.name === 'UnquotedLabelMatcher') found.selectors.at(-1).labels.push(/^\w+/u.exec(text)[0]);
      if (node.name === 'GroupingLabels') found.grouping.push(...(text.match(/\w+/gu) ?? []));
    },
  });
  return found;
}

/** What is wrong with a query, in words. */
function findFaults(expr) {
  const { errors, grouping, selectors } = takeApart(expr);
  const faults = errors.map((where) => `can't be read at ${where}`);
  for (const { labels, name } of selectors) {
    const known = reference.get(name);
    if (known === undefined) faults.push(`there is no ${name}`);
    else
      faults.push(...labels.filter((label) => !known.has(label)).map((label) => `${name} has no ${label}`));
  }
  const all = new Set(selectors.flatMap(({ name }) => [...(reference.get(name) ?? [])]));
  return faults.concat(grouping.filter((label) => !all.has(label)).map((label) => `nothing has ${label}`));
}

describe('the check itself', () => {
  it.each([
    ['sum(rate(coditect_received_total{component="collector"}[5m]))', []],
    ['sum by (le) (rate(coditect_freshness_seconds_bucket[5m]))', []],
    ['rate(coditect_recieved_total[5m])', ['there is no coditect_recieved_total']],
    ['coditect_freshness_seconds', ['there is no coditect_freshness_seconds']],
    ['coditect_received_total{tenant="a"}', ['coditect_received_total has no tenant']],
    ['sum by (queue) (coditect_reports)', ['nothing has queue']],
  ])('of %s', (expr, faults) => {
    expect(findFaults(expr)).toEqual(faults);
  });

  it('sees what is no PromQL', () => {
    expect(findFaults('sum(rate(coditect_received_total[5m])')).not.toEqual([]);
  });
});

// As Grafana 12.3 reads it: pkg/services/provisioning/alerting/rules_types.go.
const duration = z.string().regex(/^\d+[smhd]$/u);
const timeRange = z.strictObject({ from: z.int().positive(), to: z.int().nonnegative() });
const promQuery = z.strictObject({
  refId: z.literal('A'),
  relativeTimeRange: timeRange,
  datasourceUid: z.literal(prometheus),
  model: z.strictObject({
    refId: z.literal('A'),
    instant: z.literal(true),
    range: z.literal(false),
    expr: z.string(),
  }),
});
const threshold = z.strictObject({
  refId: z.literal('C'),
  relativeTimeRange: timeRange,
  datasourceUid: z.literal('__expr__'),
  model: z.strictObject({
    refId: z.literal('C'),
    type: z.literal('threshold'),
    expression: z.literal('A'),
    conditions: z.tuple([
      z.strictObject({
        evaluator: z.strictObject({ type: z.enum(['gt', 'lt']), params: z.tuple([z.number()]) }),
      }),
    ]),
  }),
});
const ruleSchema = z.strictObject({
  uid: z.string().regex(/^[a-z][a-z-]{2,39}$/u),
  title: z.string().min(1),
  condition: z.literal('C'),
  for: duration,
  noDataState: z.enum(['OK', 'NoData', 'Alerting', 'KeepLast']),
  execErrState: z.enum(['OK', 'Error', 'Alerting', 'KeepLast']),
  labels: z.strictObject({ severity: z.enum(['critical', 'warning']), product: z.literal('coditect') }),
  annotations: z.strictObject({ summary: z.string().min(1), runbook: z.string() }),
  data: z.tuple([promQuery, threshold]),
});
const fileSchema = z.strictObject({
  apiVersion: z.literal(1),
  groups: z.array(
    z.strictObject({
      orgId: z.literal(1),
      name: z.string().min(1),
      folder: z.string().min(1),
      interval: duration,
      rules: z.array(ruleSchema).min(1),
    }),
  ),
});

const ruleFiles = filesIn('provisioning/alerting', '.yaml');
const rules = ruleFiles.flatMap(({ text }) =>
  fileSchema.parse(parse(text)).groups.flatMap((group) => group.rules),
);

describe('alert rules', () => {
  it('have ids and titles of their own', () => {
    expect(new Set(rules.map(({ uid }) => uid)).size).toBe(rules.length);
    expect(new Set(rules.map(({ title }) => title)).size).toBe(rules.length);
  });

  it('hold nothing that Grafana would replace by a variable of its environment', () => {
    expect(ruleFiles.filter(({ text }) => text.includes('$')).map(({ name }) => name)).toEqual([]);
  });

  it.each(rules.map((rule) => [rule.uid, rule]))('%s asks for telemetry that there is', (_uid, { data }) => {
    expect(findFaults(data[0].model.expr)).toEqual([]);
  });

  it('have a page each, and every page has its alert', () => {
    expect(rules.map(({ annotations }) => annotations.runbook)).toEqual(
      rules.map(({ uid }) => `docs/runbooks/${uid}.md`),
    );
    const pages = filesIn('docs/runbooks', '.md').map(({ name }) => name);
    // Nobody is left to send an alert on the day of the other one.
    const others = ['README.md', 'disaster-recovery.md'];
    expect(pages.toSorted()).toEqual([...rules.map(({ uid }) => `${uid}.md`), ...others].toSorted());
  });

  it.each(rules.map((rule) => [rule.uid, rule]))(
    'the page of %s says what to do, and the query',
    (uid, rule) => {
      const page = read('docs/runbooks', `${uid}.md`);
      const headings = [...page.matchAll(/^## (.*)$/gmu)].map(([, heading]) => heading);
      expect(headings).toEqual(['Meaning', 'Impact', 'Checks', 'Fix']);
      expect(page).toContain(rule.data[0].model.expr);
      expect(page).toContain(`\`${uid}\` · ${rule.labels.severity}`);
    },
  );
});

const dashboardSchema = z.looseObject({
  uid: z.string().startsWith('coditect-ops-'),
  title: z.string().min(1),
  panels: z.array(
    z.looseObject({
      title: z.string(),
      type: z.string(),
      datasource: z.object({ type: z.literal('prometheus'), uid: z.literal(prometheus) }).optional(),
      targets: z.array(z.looseObject({ refId: z.string(), expr: z.string() })).default([]),
    }),
  ),
});
const dashboards = filesIn('provisioning/dashboards/operations', '.json').map(({ name, text }) => ({
  name,
  ...dashboardSchema.parse(JSON.parse(text)),
}));

describe.each(dashboards.map((dashboard) => [dashboard.name, dashboard]))(
  'dashboard %s',
  (_name, { panels, ...more }) => {
    it('is provisioned: a stable uid and no id', () => {
      expect(more).not.toHaveProperty('id');
    });

    it('asks for telemetry that there is', () => {
      const faults = panels.flatMap(({ targets, title }) =>
        targets.flatMap(({ expr }) =>
          findFaults(expr.replaceAll('$__rate_interval', '5m')).map((fault) => `${title}: ${fault}`),
        ),
      );
      expect(faults).toEqual([]);
    });

    it('says what each panel shows', () => {
      const drawn = panels.filter(({ type }) => type !== 'row' && type !== 'text');
      expect(drawn.filter(({ description, targets }) => !description || targets.length === 0)).toEqual([]);
    });
  },
);

it('there is a data source for all of them', () => {
  const { datasources } = parse(read('provisioning/datasources/prometheus.yaml'));
  expect(datasources).toEqual([expect.objectContaining({ uid: prometheus, type: 'prometheus' })]);
});

describe('objectives', () => {
  const page = read('docs/slos.md');
  const queries = [...page.matchAll(/```promql\n([\s\S]*?)```/gu)].map(([, expr]) => expr);

  it('have queries that ask for telemetry that there is', () => {
    expect(queries.length).toBeGreaterThan(4);
    expect(queries.flatMap(findFaults)).toEqual([]);
  });

  it('have an alert that the page names', () => {
    const objectives = rules.filter(({ uid }) => uid.startsWith('slo-')).map(({ uid }) => uid);
    expect(objectives.filter((uid) => !page.includes(`runbooks/${uid}.md`))).toEqual([]);
  });
});
