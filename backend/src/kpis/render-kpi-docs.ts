import { kpiCatalogue } from './catalogue.js';
import { isOnlyForPanels, rollupDimensionsOf, type Kpi } from './kpi.js';

const directions = { up: 'more is better', down: 'less is better', neutral: 'neither' } as const;

/** The reference page of the catalogue, as Markdown. */
export function renderKpiDocs(catalogue: readonly Kpi[] = kpiCatalogue): string {
  const families = [...new Set(catalogue.map((kpi) => kpi.family))];
  const sections = families.map((family) => {
    const kpis = catalogue.filter((kpi) => kpi.family === family);
    return `## ${family.charAt(0).toUpperCase()}${family.slice(1)}\n\n${kpis.map(renderKpi).join('\n')}`;
  });
  return `# KPIs

Generated from \`backend/src/kpis/catalogue\` by \`node scripts/generate-kpi-docs.mjs\`. How to ask for one: [query.md](query.md).

${sections.join('\n')}`;
}

function renderKpi(kpi: Kpi): string {
  return `### \`${kpi.id}\`: ${kpi.title}

${kpi.definition}

- Formula: \`${kpi.formula}\`
- Unit: ${kpi.unit}, ${directions[kpi.direction]}
- Smallest interval: \`${kpi.smallestInterval}\`
- Dimensions: ${listNames(kpi.dimensions)}
- ${isOnlyForPanels(kpi.measure) ? 'Not in reports: panels only' : `Kept by rollups: ${listNames(rollupDimensionsOf(kpi))}`}
- Owner: ${kpi.owner}
`;
}

function listNames(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.map((name) => `\`${name}\``).join(', ');
}
