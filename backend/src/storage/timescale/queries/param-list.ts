/** Collects the values of one statement. The only way in which a value gets near SQL. */
export interface ParamList {
  /** Remembers the value and returns its placeholder, with its type. The same value and type share one. */
  readonly bind: (value: unknown, type: string) => string;
  readonly values: readonly unknown[];
}

export function createParamList(): ParamList {
  const values: unknown[] = [];
  const placeholders = new Map<string, string>();
  return {
    values,
    bind(value, type) {
      const key = `${type} ${JSON.stringify(value)}`;
      const known = placeholders.get(key);
      if (known !== undefined) return known;
      values.push(value);
      const placeholder = `$${values.length}::${type}`;
      placeholders.set(key, placeholder);
      return placeholder;
    },
  };
}
