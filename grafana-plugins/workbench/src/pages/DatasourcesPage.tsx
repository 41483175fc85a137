import { getBackendSrv } from '@grafana/runtime';
import { Card, EmptyState } from '@grafana/ui';
import { z } from 'zod';
import { PageState } from './page-state';
import { useLoaded } from './use-loaded';

const listSchema = z.array(
  z.object({ uid: z.string(), name: z.string(), type: z.string(), isDefault: z.boolean() }),
);

/** The data sources of the provisioning folder. */
export function DatasourcesPage() {
  const loaded = useLoaded('all', async () =>
    listSchema.parse(await getBackendSrv().get<unknown>('/api/datasources')),
  );
  return (
    <>
      <h1>Data sources</h1>
      <PageState loaded={loaded}>
        {(list) =>
          list.length === 0 ? (
            <EmptyState variant="not-found" message="No data source is provisioned" />
          ) : (
            list.map((datasource) => (
              <Card key={datasource.uid} href={`/datasources/edit/${datasource.uid}`} noMargin>
                <Card.Heading>{datasource.name}</Card.Heading>
                <Card.Meta>{[datasource.type, datasource.isDefault ? 'default' : '']}</Card.Meta>
              </Card>
            ))
          )
        }
      </PageState>
    </>
  );
}
