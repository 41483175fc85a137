import { dataLayers, SceneDataLayerSet } from '@grafana/scenes';
import type { AnnotationJson } from './dashboard-schema';
import { toDatasourceRef } from './variables';

/** The annotation queries of a dashboard. Grafana's own are left out: the workbench has no database of them. */
function queriedAnnotations(list: readonly AnnotationJson[]): AnnotationJson[] {
  return list.filter(({ builtIn }) => builtIn === 0);
}

/** Annotation queries as layers over every panel; each has a switch unless it is hidden. */
export function toAnnotationLayers(list: readonly AnnotationJson[]): SceneDataLayerSet {
  const layers = queriedAnnotations(list).map((annotation, index) => {
    const datasource = toDatasourceRef(annotation.datasource) ?? null;
    return new dataLayers.AnnotationsDataLayer({
      key: `annotations-${index}`,
      name: annotation.name,
      isEnabled: annotation.enable,
      isHidden: annotation.hide,
      query: { ...annotation, datasource },
    });
  });
  return new SceneDataLayerSet({ name: 'Annotations', layers });
}
