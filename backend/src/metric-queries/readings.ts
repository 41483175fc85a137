/** What was read of one group: per bucket the terms of the measure, `undefined` where there was nothing. */
export interface GroupReadings {
  readonly group: readonly string[];
  readonly buckets: (readonly (number | null)[] | undefined)[];
  /** How many people each is about, where its terms do not say so. */
  readonly people?: (readonly number[] | undefined)[];
}

/** What was read of a span: its groups by `keyOfGroup`. */
export interface Readings {
  readonly groups: ReadonlyMap<string, GroupReadings>;
  /** Groups that matched, also those that were left out. */
  readonly groupsFound: number;
}

/** In place of terms that are not told. */
export const hiddenTerms: readonly (number | null)[] = [];

export const noReadings: Readings = { groups: new Map(), groupsFound: 0 };

export function keyOfGroup(group: readonly string[]): string {
  return JSON.stringify(group);
}

/** Collects readings in the order in which they come. */
export function createReadingsBuilder(): {
  add(
    group: readonly string[],
    bucket: number,
    terms: readonly (number | null)[],
    people?: readonly number[],
  ): void;
  build(groupsFound?: number): Readings;
} {
  const groups = new Map<string, Required<GroupReadings>>();
  return {
    add(group, bucket, terms, people) {
      const key = keyOfGroup(group);
      const known = groups.get(key) ?? { group, buckets: [], people: [] };
      groups.set(key, known);
      known.buckets[bucket] = terms;
      known.people[bucket] = people;
    },
    build: (groupsFound) => ({ groups, groupsFound: groupsFound ?? groups.size }),
  };
}

/** Numerators beside denominators, group by group and bucket by bucket; nothing is zero on either side. */
export function joinReadings(numerators: Readings, denominators: Readings): Readings {
  const builder = createReadingsBuilder();
  for (const key of new Set([...numerators.groups.keys(), ...denominators.groups.keys()])) {
    const above = numerators.groups.get(key);
    const below = denominators.groups.get(key);
    const group = above?.group ?? below?.group ?? [];
    const length = Math.max(above?.buckets.length ?? 0, below?.buckets.length ?? 0);
    for (let bucket = 0; bucket < length; bucket += 1) {
      builder.add(group, bucket, [above?.buckets[bucket]?.[0] ?? 0, below?.buckets[bucket]?.[0] ?? 0]);
    }
  }
  return builder.build();
}
