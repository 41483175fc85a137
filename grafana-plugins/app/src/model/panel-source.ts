import type { DataQuery, PluginExtensionPanelContext, ScopedVars } from '@grafana/data';
import { datasourcePluginId } from '@coditect/plugins-shared';

/** The part of Grafana's list of data sources that is needed to know what a panel asks. */
export type FindDatasource = (
  reference: DataQuery['datasource'],
  scopedVars?: ScopedVars,
) => { uid: string; type: string } | undefined;

export type PanelContext = Pick<PluginExtensionPanelContext, 'targets' | 'data' | 'scopedVars'>;

/** What of a panel one of our data sources answers. */
export interface PanelSource {
  uid: string;
  targets: DataQuery[];
  /** Queries of the panel that go elsewhere, and can be exported as shown only. */
  foreignCount: number;
}

/**
 * Finds the data source of ours that a panel asks, `undefined` when it asks none. Runs each time a panel's menu is
 * opened, so it looks at settings that are at hand and asks nobody.
 */
export function findPanelSource(
  { targets, data, scopedVars }: PanelContext,
  findDatasource: FindDatasource,
): PanelSource | undefined {
  const visible = targets.filter((target) => target.hide !== true);
  const known = visible.map((target) => {
    // A query without a data source of its own takes the panel's, which the last request knows.
    const asked = data?.request?.targets.find(({ refId }) => refId === target.refId);
    const reference = target.datasource ?? asked?.datasource;
    const found = reference ? findDatasource(reference, scopedVars) : undefined;
    return { target, uid: found?.type === datasourcePluginId ? found.uid : undefined };
  });
  const uid = known.find((each) => each.uid !== undefined)?.uid;
  if (uid === undefined) {
    return undefined;
  }
  const own = known.filter((each) => each.uid === uid).map(({ target }) => target);
  return { uid, targets: own, foreignCount: visible.length - own.length };
}
