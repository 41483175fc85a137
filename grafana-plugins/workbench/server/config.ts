import { isAbsolute, resolve } from 'node:path';
import { z } from 'zod';

/** The two pinned sets of Grafana packages that the workbench is built against. */
export const hostSchema = z.enum(['grafana-13', 'grafana-12']);
export type Host = z.infer<typeof hostSchema>;

/** Grafana's roles, each of which may do what those before it may. */
export const orgRoles = ['Viewer', 'Editor', 'Admin'] as const;
export type OrgRole = (typeof orgRoles)[number];

const configSchema = z.object({
  LISTEN_HOST: z.string().min(1).default('127.0.0.1'),
  WORKBENCH_PORT: z.coerce.number().int().min(0).max(65_535).default(3300),
  WORKBENCH_HOST: hostSchema.default('grafana-13'),
  WORKBENCH_PROVISIONING_DIR: z.string().min(1).default('provisioning'),
  WORKBENCH_PLUGINS_DIR: z.string().min(1).default('grafana-plugins'),
  /** Milliseconds that a data source may take to answer through the proxy. */
  WORKBENCH_PROXY_TIMEOUT_MS: z.coerce.number().int().positive().default(30_000),
  /** As whom the page is seen. */
  WORKBENCH_ORG_ROLE: z.enum(orgRoles).default('Admin'),
});

export interface WorkbenchConfig {
  listenHost: string;
  port: number;
  host: Host;
  provisioningDir: string;
  pluginsDir: string;
  /** Folder of the built page for the chosen host. */
  pageDir: string;
  proxyTimeoutMs: number;
  orgRole: OrgRole;
  /** What provisioning files may refer to as `${NAME}`. */
  environment: Readonly<Record<string, string | undefined>>;
}

/**
 * Reads the whole configuration. Relative folders count from the repository's root.
 * @throws Error that names every wrong variable at once.
 */
export function parseConfig(
  environment: Record<string, string | undefined>,
  repositoryDir: string,
): WorkbenchConfig {
  const parsed = configSchema.safeParse(environment);
  if (!parsed.success) {
    const mistakes = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new Error(`The workbench's configuration is wrong:\n  ${mistakes.join('\n  ')}`);
  }
  const from = (path: string): string => (isAbsolute(path) ? path : resolve(repositoryDir, path));
  const values = parsed.data;
  return {
    listenHost: values.LISTEN_HOST,
    port: values.WORKBENCH_PORT,
    host: values.WORKBENCH_HOST,
    provisioningDir: from(values.WORKBENCH_PROVISIONING_DIR),
    pluginsDir: from(values.WORKBENCH_PLUGINS_DIR),
    pageDir: resolve(repositoryDir, 'grafana-plugins/workbench/dist', values.WORKBENCH_HOST),
    proxyTimeoutMs: values.WORKBENCH_PROXY_TIMEOUT_MS,
    orgRole: values.WORKBENCH_ORG_ROLE,
    environment,
  };
}

/** The one place of this package that reads the process environment. */
export function readConfig(repositoryDir: string): WorkbenchConfig {
  return parseConfig(process.env, repositoryDir);
}
