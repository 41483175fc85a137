import { orgRoles, type OrgRole } from './config.js';
import { renderRouteTemplate, type RouteTemplateData } from './template.js';

/** A route of a plugin.json, as far as the workbench imitates it. */
export interface PluginRoute {
  path: string;
  url: string;
  method?: string | undefined;
  /** The least role that may use it. */
  reqRole?: OrgRole | undefined;
  headers: ReadonlyArray<{ name: string; content: string }>;
}

export interface ProxyRequest {
  method: string;
  role: OrgRole;
  /** What follows the data source's uid in the address, as it was sent: still encoded, with the query string. */
  rest: string;
}

export type ProxyDecision =
  | { kind: 'forward'; url: URL; headers: Array<{ name: string; value: string }> }
  | { kind: 'refuse'; status: number; message: string };

const refuse = (status: number, message: string): ProxyDecision => ({ kind: 'refuse', status, message });

/**
 * A path that could climb out of its route when a server decodes it: dot segments, back slashes and encoded
 * separators, at any depth of encoding.
 */
export function isEscapingPath(path: string): boolean {
  let current = path;
  for (let depth = 0; depth < 4; depth += 1) {
    const segments = current.split(/[/\\]/);
    if (
      current.includes('\\') ||
      current.includes('\0') ||
      segments.includes('..') ||
      segments.includes('.')
    ) {
      return true;
    }
    let decoded: string;
    try {
      decoded = decodeURIComponent(current);
    } catch {
      return true;
    }
    if (decoded === current) {
      return false;
    }
    current = decoded;
  }
  return true;
}

const trimSlashes = (text: string): string => text.replace(/^\/+|\/+$/g, '');

function matchesRoute(route: PluginRoute, request: ProxyRequest, path: string): boolean {
  const prefix = trimSlashes(route.path);
  const hasPrefix = path === prefix || path.startsWith(`${prefix}/`);
  const hasMethod =
    route.method === undefined ||
    route.method === '*' ||
    route.method.toUpperCase() === request.method.toUpperCase();
  return hasPrefix && hasMethod;
}

function parseBase(text: string): URL | undefined {
  try {
    const url = new URL(text);
    return url.protocol === 'http:' || url.protocol === 'https:' ? url : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Decides where a request to the data proxy goes. Only routes that the plugin declares are forwarded, the address of
 * the target comes from the saved settings alone, and the headers of the route carry the secrets.
 */
export function decideProxy(
  routes: readonly PluginRoute[],
  request: ProxyRequest,
  data: RouteTemplateData,
): ProxyDecision {
  const queryStart = request.rest.indexOf('?');
  const rawPath = queryStart < 0 ? request.rest : request.rest.slice(0, queryStart);
  const query = queryStart < 0 ? '' : request.rest.slice(queryStart);
  if (isEscapingPath(rawPath)) {
    return refuse(400, 'The path of the request leaves its route.');
  }
  const path = trimSlashes(rawPath);
  const route = routes.find((candidate) => matchesRoute(candidate, request, path));
  if (route === undefined) {
    return refuse(404, 'The plugin declares no route for this path and method.');
  }
  if (route.reqRole !== undefined && orgRoles.indexOf(request.role) < orgRoles.indexOf(route.reqRole)) {
    return refuse(403, 'plugin proxy route access denied');
  }
  const base = parseBase(renderRouteTemplate(route.url, data));
  if (base === undefined) {
    return refuse(400, 'The data source has no valid address for this route: check its settings.');
  }
  const remainder = path.slice(trimSlashes(route.path).length).replace(/^\/+/, '');
  if (remainder !== '') {
    base.pathname = `${base.pathname.replace(/\/+$/, '')}/${remainder}`;
  }
  base.search = query;
  const headers = route.headers.map((header) => ({
    name: header.name,
    value: renderRouteTemplate(header.content, data),
  }));
  return { kind: 'forward', url: base, headers };
}
