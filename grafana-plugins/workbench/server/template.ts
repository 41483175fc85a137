/** Where the values of a provisioning file come from. */
export interface ProvisioningSources {
  environment: Readonly<Record<string, string | undefined>>;
  readFile: (path: string) => string;
}

const provisioningPattern = /\$\$|\$__env\{([^}]*)\}|\$__file\{([^}]*)\}|\$\{(\w+)\}|\$([A-Za-z_]\w*)/g;

/**
 * Replaces `${NAME}`, `$NAME`, `$__env{NAME}` and `$__file{path}` in one string of a provisioning file; `$$` is a dollar.
 * A variable that is not set becomes the empty string, as Grafana does; a file's trailing white space is dropped.
 */
export function expandProvisionedText(text: string, sources: ProvisioningSources): string {
  return text.replace(
    provisioningPattern,
    (match: string, env?: string, file?: string, braced?: string, bare?: string): string => {
      if (match === '$$') {
        return '$';
      }
      if (file !== undefined) {
        return sources.readFile(file.trim()).trimEnd();
      }
      const name = env?.trim() ?? braced ?? bare ?? '';
      return (Object.hasOwn(sources.environment, name) ? sources.environment[name] : undefined) ?? '';
    },
  );
}

/** Expands every string inside a parsed YAML value and leaves the rest as it is. */
export function expandProvisionedValue(value: unknown, sources: ProvisioningSources): unknown {
  if (typeof value === 'string') {
    return expandProvisionedText(value, sources);
  }
  if (Array.isArray(value)) {
    return value.map((item: unknown) => expandProvisionedValue(item, sources));
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]: [string, unknown]) => [
        key,
        expandProvisionedValue(item, sources),
      ]),
    );
  }
  return value;
}

/** What a route of a plugin.json may speak of. */
export interface RouteTemplateData {
  url: string;
  jsonData: Readonly<Record<string, unknown>>;
  secureJsonData: Readonly<Record<string, string>>;
}

const routePattern = /\{\{-?\s*\.(URL|JsonData\.(\w+)|SecureJsonData\.(\w+))\s*-?\}\}/g;

/**
 * Renders the part of Go's template language that plugin routes use: `{{ .URL }}`, `{{ .JsonData.x }}` and
 * `{{ .SecureJsonData.x }}`. A missing value becomes the empty string.
 */
export function renderRouteTemplate(template: string, data: RouteTemplateData): string {
  return template.replace(routePattern, (_match, name: string, json?: string, secure?: string): string => {
    if (name === 'URL') {
      return data.url;
    }
    if (secure !== undefined) {
      return textOf(data.secureJsonData, secure);
    }
    return json === undefined ? '' : textOf(data.jsonData, json);
  });
}

/** A plain value as text; objects, and what an object merely inherits, are no values. */
function textOf(values: Readonly<Record<string, unknown>>, name: string): string {
  const value = Object.hasOwn(values, name) ? values[name] : undefined;
  const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  return isPlain ? String(value) : '';
}
