/** A code base, and the language most of it is written in. */
interface RepositoryProfile {
  readonly name: string;
  readonly language: string;
  readonly weight: number;
}

export interface ProjectProfile {
  readonly name: string;
  readonly repositories: readonly RepositoryProfile[];
  readonly weight: number;
}

export interface TeamProfile {
  readonly name: string;
  readonly projects: readonly ProjectProfile[];
  /** Share of the tenant's people, relative to the other teams. */
  readonly weight: number;
}

/** What a demo tenant is made of. `id`, `name` and `timeZone` are those of the tenant in the control store. */
export interface TenantProfile {
  readonly id: string;
  readonly name: string;
  readonly timeZone: string;
  /** Seats that could ever be filled; how many are depends on adoption. */
  readonly seatsMax: number;
  readonly teams: readonly TeamProfile[];
  /** On average one robot API request in this many seconds, day and night. */
  readonly robotRequestSeconds: number;
  /** One unattended agent run in this many seconds, day and night. */
  readonly robotRunSeconds: number;
  /** Day of the 28-day cycle (days since 1970 modulo 28) on which an agent loops and burns money. */
  readonly runawayCycleDay: number;
  /** Runs of the looping agent on that day. */
  readonly runawayRuns: number;
}

type RepositoryRow = readonly [name: string, language: string];

function project(name: string, weight: number, ...repositories: readonly RepositoryRow[]): ProjectProfile {
  return {
    name,
    weight,
    repositories: repositories.map(([repository, language], index) => ({
      name: repository,
      language,
      weight: 3 / (index + 1),
    })),
  };
}

const acme: TenantProfile = {
  id: 'acme',
  name: 'Acme Retail',
  timeZone: 'America/New_York',
  seatsMax: 300,
  robotRequestSeconds: 20,
  robotRunSeconds: 1_500,
  runawayCycleDay: 21,
  runawayRuns: 44,
  teams: [
    {
      name: 'checkout',
      weight: 5,
      projects: [
        project('one-page-checkout', 3, ['checkout-web', 'typescript'], ['checkout-api', 'java']),
        project('gift-cards', 1, ['gift-card-service', 'kotlin']),
      ],
    },
    {
      name: 'payments',
      weight: 4,
      projects: [project('ledger-2', 2, ['payments-ledger', 'java'], ['payments-gateway', 'go'])],
    },
    {
      name: 'search',
      weight: 3,
      projects: [
        project('relevance', 2, ['search-ranking', 'python'], ['search-api', 'go']),
        project('catalogue-sync', 1, ['catalogue-sync', 'scala']),
      ],
    },
    {
      name: 'platform',
      weight: 4,
      projects: [
        project('landing-zone', 2, ['infra-live', 'hcl'], ['deploy-tools', 'go']),
        project('java-21-migration', 2, ['legacy-orders', 'java'], ['build-tools', 'kotlin']),
      ],
    },
    {
      name: 'mobile',
      weight: 3,
      projects: [project('shop-app', 1, ['shop-ios', 'swift'], ['shop-android', 'kotlin'])],
    },
    {
      name: 'data',
      weight: 3,
      projects: [project('demand-forecast', 1, ['forecast-models', 'python'], ['warehouse-dbt', 'sql'])],
    },
    { name: 'security', weight: 1, projects: [project('secrets-rotation', 1, ['vault-operators', 'go'])] },
  ],
};

const globex: TenantProfile = {
  id: 'globex',
  name: 'Globex Logistik',
  timeZone: 'Europe/Berlin',
  seatsMax: 145,
  robotRequestSeconds: 60,
  robotRunSeconds: 2_400,
  runawayCycleDay: 13,
  runawayRuns: 24,
  teams: [
    {
      name: 'routing',
      weight: 4,
      projects: [project('tour-planner', 2, ['route-solver', 'rust'], ['tour-planner-ui', 'typescript'])],
    },
    {
      name: 'warehouse',
      weight: 3,
      projects: [project('pick-by-light', 1, ['wms-core', 'java'], ['scanner-firmware', 'cpp'])],
    },
    {
      name: 'billing',
      weight: 2,
      projects: [project('e-invoicing', 1, ['invoice-service', 'csharp'], ['tax-rules', 'csharp'])],
    },
    {
      name: 'customer-portal',
      weight: 3,
      projects: [project('track-and-trace', 1, ['portal-web', 'typescript'], ['tracking-api', 'java'])],
    },
    {
      name: 'platform',
      weight: 2,
      projects: [project('cluster-upgrade', 1, ['k8s-base', 'hcl'], ['ci-images', 'python'])],
    },
  ],
};

const initech: TenantProfile = {
  id: 'initech',
  name: 'Initech Software',
  timeZone: 'Asia/Kolkata',
  seatsMax: 74,
  robotRequestSeconds: 60,
  robotRunSeconds: 3_000,
  runawayCycleDay: 26,
  runawayRuns: 14,
  teams: [
    {
      name: 'reports',
      weight: 3,
      projects: [project('tps-reports', 2, ['tps-engine', 'csharp'], ['tps-web', 'typescript'])],
    },
    {
      name: 'integrations',
      weight: 3,
      projects: [project('bank-connectors', 1, ['connector-hub', 'java'], ['iso20022-parser', 'java'])],
    },
    {
      name: 'core',
      weight: 2,
      projects: [project('y2k38', 1, ['core-batch', 'cobol'], ['date-lib', 'c'])],
    },
    {
      name: 'support-tools',
      weight: 1,
      projects: [project('ticket-triage', 1, ['triage-bot', 'python'])],
    },
  ],
};

/** The three customers of the demo, far apart on the clock. */
export const demoTenants: readonly TenantProfile[] = [acme, globex, initech];
