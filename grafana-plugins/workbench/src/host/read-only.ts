import { dateTime, isDateTime } from '@grafana/data';

/**
 * What Grafana hands to extensions: the same object, but whatever is written into it is refused. Times are copies,
 * because they change themselves when they are formatted.
 */
export function asReadOnly<T extends object>(original: T): T {
  const views = new WeakMap<object, object>();
  const viewOf = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) {
      return value;
    }
    if (isDateTime(value)) {
      return dateTime(value);
    }
    const known = views.get(value);
    if (known !== undefined) {
      return known;
    }
    const view = new Proxy(value, handler);
    views.set(value, view);
    return view;
  };
  const handler: ProxyHandler<object> = {
    get: (target, name, receiver) => viewOf(Reflect.get(target, name, receiver)),
    set: () => false,
    defineProperty: () => false,
    deleteProperty: () => false,
  };
  return new Proxy<T>(original, handler);
}
