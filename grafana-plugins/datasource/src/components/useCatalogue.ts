import { useEffect, useState } from 'react';
import type { KpiDescription } from '@coditect/contracts';
import type { AnalyticsDataSource } from '../datasource';
import { classifyFailure, describeFailure } from '../model/failure';

export interface Catalogue {
  /** `undefined` while it is on its way or when it cannot be had. */
  kpis: KpiDescription[] | undefined;
  /** Why it cannot be had. */
  failure: string | undefined;
}

/** The KPI catalogue for an editor. */
export function useCatalogue(datasource: AnalyticsDataSource): Catalogue {
  const [catalogue, setCatalogue] = useState<Catalogue>({ kpis: undefined, failure: undefined });
  useEffect(() => {
    let isCurrent = true;
    const show = (next: Catalogue) => {
      if (isCurrent) {
        setCatalogue(next);
      }
    };
    datasource.client.kpis().then(
      (kpis) => show({ kpis, failure: undefined }),
      (error: unknown) => show({ kpis: undefined, failure: describeFailure(classifyFailure(error)) }),
    );
    return () => {
      isCurrent = false;
    };
  }, [datasource]);
  return catalogue;
}
