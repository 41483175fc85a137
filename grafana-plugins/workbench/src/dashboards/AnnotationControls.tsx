import {
  ControlsLabel,
  SceneObjectBase,
  SceneObjectRef,
  type SceneComponentProps,
  type SceneDataLayerProvider,
  type SceneDataLayerSet,
  type SceneObjectState,
} from '@grafana/scenes';
import { LoadingState } from '@grafana/data';

interface AnnotationControlsState extends SceneObjectState {
  layers: SceneObjectRef<SceneDataLayerSet>;
}

/** A switch for each annotation query of a dashboard; the name says when it waits or failed. */
export class AnnotationControls extends SceneObjectBase<AnnotationControlsState> {
  public static Component = Switches;

  public constructor(layers: SceneDataLayerSet) {
    // The layers belong to the dashboard, which has one place for them; here they are only shown.
    super({ layers: new SceneObjectRef(layers) });
  }
}

function Switches({ model }: SceneComponentProps<AnnotationControls>) {
  const { layers } = model.state.layers.resolve().useState();
  return (
    <>
      {layers.map((layer) => (
        <LayerSwitch key={layer.state.key} layer={layer} />
      ))}
    </>
  );
}

function LayerSwitch({ layer }: { layer: SceneDataLayerProvider }) {
  const { data, isHidden, name, description } = layer.useState();
  if (isHidden === true) {
    return null;
  }
  return (
    <div style={{ display: 'flex' }}>
      <ControlsLabel
        htmlFor={`data-layer-${layer.state.key}`}
        label={name}
        description={description}
        isLoading={data?.state === LoadingState.Loading}
        error={data?.errors?.[0]?.message}
        onCancel={() => layer.cancelQuery?.()}
      />
      <layer.Component model={layer} />
    </div>
  );
}
