import type { KpiDescription } from '@coditect/contracts';

export interface Family {
  name: string;
  kpis: KpiDescription[];
}

/**
 * The KPIs in which every word is found, by family, in the order of the catalogue. Words are looked for in title, id,
 * family, definition, formula, unit and dimensions.
 */
export function searchCatalogue(kpis: readonly KpiDescription[], text: string): Family[] {
  const words = text.toLowerCase().split(/\s+/u).filter(Boolean);
  const families = new Map<string, KpiDescription[]>();
  for (const kpi of kpis) {
    const { title, id, family, definition, formula, unit, dimensions } = kpi;
    const content = [title, id, family, definition, formula, unit, ...dimensions].join(' ').toLowerCase();
    if (words.every((word) => content.includes(word))) {
      families.set(family, [...(families.get(family) ?? []), kpi]);
    }
  }
  return [...families].map(([name, found]) => ({ name, kpis: found }));
}
