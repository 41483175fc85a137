import { z } from 'zod';

const datasourceRefSchema = z.object({ uid: z.string().optional(), type: z.string().optional() });

const targetSchema = z.looseObject({ refId: z.string().default('A') });

const transformationSchema = z.looseObject({ id: z.string(), options: z.unknown().optional() });

const gridSchema = z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() });

const panelShape = {
  id: z.number(),
  type: z.string(),
  title: z.string().default(''),
  description: z.string().optional(),
  transparent: z.boolean().default(false),
  gridPos: gridSchema,
  datasource: z.union([datasourceRefSchema, z.string(), z.null()]).optional(),
  targets: z.array(targetSchema).default([]),
  transformations: z.array(transformationSchema).default([]),
  options: z.record(z.string(), z.unknown()).default({}),
  fieldConfig: z
    .object({
      defaults: z.record(z.string(), z.unknown()).default({}),
      overrides: z.array(z.looseObject({})).default([]),
    })
    .default({ defaults: {}, overrides: [] }),
  pluginVersion: z.string().optional(),
  /** The variable of whose values each gets a panel of its own. */
  repeat: z.string().optional(),
  repeatDirection: z.enum(['h', 'v']).default('h'),
  maxPerRow: z.number().int().positive().default(4),
  links: z
    .array(
      z.looseObject({
        title: z.string().default(''),
        url: z.string().default(''),
        targetBlank: z.boolean().default(false),
      }),
    )
    .default([]),
  interval: z.string().optional(),
  maxDataPoints: z.number().optional(),
};

const leafPanelSchema = z.looseObject(panelShape);
const panelSchema = z.looseObject({
  ...panelShape,
  collapsed: z.boolean().default(false),
  panels: z.array(leafPanelSchema).default([]),
});
export type PanelJson = z.infer<typeof leafPanelSchema>;
export type PanelOrRowJson = z.infer<typeof panelSchema>;

const filterSchema = z.looseObject({
  key: z.string(),
  operator: z.string(),
  value: z.string().default(''),
  values: z.array(z.string()).optional(),
});

const variableValueSchema = z.union([z.string(), z.array(z.string())]);

const variableSchema = z.looseObject({
  name: z.string(),
  type: z.string(),
  label: z.string().nullish(),
  description: z.string().nullish(),
  hide: z.union([z.literal(0), z.literal(1), z.literal(2)]).default(0),
  query: z.unknown().optional(),
  datasource: z.union([datasourceRefSchema, z.string(), z.null()]).optional(),
  current: z
    .looseObject({ value: variableValueSchema.optional(), text: variableValueSchema.optional() })
    .default({}),
  multi: z.boolean().default(false),
  includeAll: z.boolean().default(false),
  allValue: z.string().nullish(),
  regex: z.string().default(''),
  sort: z.number().default(0),
  refresh: z.number().default(1),
  auto: z.boolean().default(false),
  allowCustomValue: z.boolean().default(true),
  skipUrlSync: z.boolean().default(false),
  filters: z.array(filterSchema).default([]),
  baseFilters: z.array(filterSchema).default([]),
});
export type VariableJson = z.infer<typeof variableSchema>;

const annotationSchema = z.looseObject({
  name: z.string(),
  enable: z.boolean().default(true),
  hide: z.boolean().default(false),
  iconColor: z.string().default('red'),
  datasource: z.union([datasourceRefSchema, z.string(), z.null()]).optional(),
  /** Grafana's own annotations, which live in its database. */
  builtIn: z.coerce.number().default(0),
});
export type AnnotationJson = z.infer<typeof annotationSchema>;

const linkSchema = z.object({
  type: z.enum(['link', 'dashboards']),
  title: z.string().default(''),
  url: z.string().default(''),
  tags: z.array(z.string()).default([]),
  tooltip: z.string().default(''),
  keepTime: z.boolean().default(false),
  includeVars: z.boolean().default(false),
  targetBlank: z.boolean().default(false),
});
export type LinkJson = z.infer<typeof linkSchema>;

/** The part of Grafana's dashboard JSON (the classic model) that the workbench draws. */
export const dashboardSchema = z.looseObject({
  uid: z.string(),
  title: z.string(),
  description: z.string().default(''),
  tags: z.array(z.string()).default([]),
  timezone: z.string().default(''),
  refresh: z.union([z.string(), z.literal(false)]).default(''),
  time: z.object({ from: z.string(), to: z.string() }).default({ from: 'now-6h', to: 'now' }),
  timepicker: z.looseObject({ refresh_intervals: z.array(z.string()).optional() }).default({}),
  graphTooltip: z.number().default(0),
  templating: z.object({ list: z.array(variableSchema).default([]) }).default({ list: [] }),
  annotations: z.object({ list: z.array(annotationSchema).default([]) }).default({ list: [] }),
  links: z.array(linkSchema).default([]),
  panels: z.array(panelSchema).default([]),
});
export type DashboardJson = z.infer<typeof dashboardSchema>;

/** What `/api/search` lists. */
export const dashboardListSchema = z.array(
  z.object({ uid: z.string(), title: z.string(), tags: z.array(z.string()), folderTitle: z.string() }),
);
export type DashboardListItem = z.infer<typeof dashboardListSchema>[number];
