export interface InstantRange {
  readonly fromMs: number;
  readonly toMs: number;
}

/** A range as it is read: whole grains from one table, the rest from raw events. */
export interface GrainCut {
  /** Absent when the range holds no whole grain. */
  readonly whole: InstantRange | undefined;
  /** In order, none of them empty. */
  readonly edges: readonly InstantRange[];
}

/** Cuts `[fromMs, toMs)` where the grains of a table begin, so that no end of it is rounded. */
export function cutAtGrains({ fromMs, toMs }: InstantRange, grainMs: number): GrainCut {
  const wholeFrom = Math.ceil(fromMs / grainMs) * grainMs;
  const wholeTo = Math.floor(toMs / grainMs) * grainMs;
  if (wholeFrom >= wholeTo) return { whole: undefined, edges: [{ fromMs, toMs }] };
  const edges = [
    { fromMs, toMs: wholeFrom },
    { fromMs: wholeTo, toMs },
  ];
  return {
    whole: { fromMs: wholeFrom, toMs: wholeTo },
    edges: edges.filter((edge) => edge.fromMs < edge.toMs),
  };
}
