import type { Interpolate } from './template';

/**
 * Template variables as Grafana replaces them: one value, or a list for a variable with several. `$__all` is "All", and
 * then the values are what there is to choose from.
 */
export function templateOf(variables: Record<string, string | string[]>): Interpolate {
  return (text, format) =>
    text.replaceAll(
      /\$\{(\w+)(?::(\w+))?\}|\$(\w+)/gu,
      (whole, braced?: string, own?: string, bare?: string) => {
        const value = variables[braced ?? bare ?? ''];
        if (value === undefined) {
          return whole;
        }
        if (typeof format === 'function') {
          return format(value);
        }
        const list = typeof value === 'string' ? [value] : value;
        if (own === 'text') {
          return list.includes('$__all') ? 'All' : list.join(' + ');
        }
        const shown = list.filter((each) => each !== '$__all');
        return shown.length === 1 ? (shown[0] ?? '') : `{${shown.join(',')}}`;
      },
    );
}
