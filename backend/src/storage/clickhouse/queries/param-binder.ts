/** Collects the values of one statement. The only way in which a value gets near SQL. */
export interface ParamBinder {
  /** Remembers the value and returns its placeholder. The same value and type share one. */
  readonly bind: (value: unknown, type: string) => string;
  readonly params: Readonly<Record<string, unknown>>;
}

export function createParamBinder(): ParamBinder {
  const params: Record<string, unknown> = {};
  const placeholders = new Map<string, string>();
  return {
    params,
    bind(value, type) {
      const key = `${type} ${JSON.stringify(value)}`;
      const known = placeholders.get(key);
      if (known !== undefined) return known;
      const name = `p${placeholders.size}`;
      const placeholder = `{${name}:${type}}`;
      params[name] = value;
      placeholders.set(key, placeholder);
      return placeholder;
    },
  };
}
