import { datasourcePluginId } from '@coditect/plugins-shared';
import { findPanelSource, type FindDatasource, type PanelContext } from './panel-source';

const types = new Map([
  ['ours', datasourcePluginId],
  ['ours-too', datasourcePluginId],
  ['theirs', 'prometheus'],
]);
const find: FindDatasource = (reference) => {
  const uid = reference?.uid === '${source}' ? 'ours' : (reference?.uid ?? '');
  const type = types.get(uid);
  return type === undefined ? undefined : { uid, type };
};
const panel = (...uids: Array<string | undefined>): PanelContext => ({
  targets: uids.map((uid, index) => ({
    refId: String.fromCharCode(65 + index),
    ...(uid !== undefined && { datasource: { uid } }),
  })),
});

describe('findPanelSource', () => {
  it('finds our data source, also behind a variable and beside others', () => {
    expect(findPanelSource(panel('ours'), find)).toMatchObject({ uid: 'ours', foreignCount: 0 });
    expect(findPanelSource(panel('${source}'), find)?.uid).toBe('ours');
    const mixed = findPanelSource(panel('theirs', 'ours', 'ours-too'), find);
    expect(mixed).toMatchObject({ uid: 'ours', targets: [{ refId: 'B' }], foreignCount: 2 });
  });

  it('finds none where others are asked, nobody is, or ours is hidden', () => {
    expect(findPanelSource(panel('theirs'), find)).toBeUndefined();
    expect(findPanelSource(panel(), find)).toBeUndefined();
    expect(findPanelSource(panel(undefined), find)).toBeUndefined();
    const hidden = { targets: [{ refId: 'A', hide: true, datasource: { uid: 'ours' } }] };
    expect(findPanelSource(hidden, find)).toBeUndefined();
  });
});
