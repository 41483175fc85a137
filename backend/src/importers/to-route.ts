const routeCharsMax = 512;
const numberPattern = /^\d+$/;
const uuidPattern = /^[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}$/i;

/**
 * The route of a request target: its path without query, with numbers and UUIDs replaced by `:id`, so that requests
 * for different things of one kind count together.
 */
export function toRoute(target: string): string {
  const path = target.replace(/^https?:\/\/[^/?#]*/i, '').replace(/[?#].*$/s, '');
  const segments = path.split('/').map((segment) => (isId(segment) ? ':id' : segment));
  const route = segments.join('/').slice(0, routeCharsMax);
  return route === '' ? '/' : route;
}

function isId(segment: string): boolean {
  return numberPattern.test(segment) || uuidPattern.test(segment);
}
