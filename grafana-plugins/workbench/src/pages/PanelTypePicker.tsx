import { config } from '@grafana/runtime';
import type { VizPanel } from '@grafana/scenes';
import { Combobox, Field } from '@grafana/ui';
import { builtInPanels } from '../panels/built-in';

/** Every panel that can be drawn here: ours, then the stand-ins. */
function listPanelTypes(): Array<{ value: string; label: string; description: string }> {
  const ours = Object.values(config.panels).map(({ id, name }) => ({
    value: id,
    label: name,
    description: 'Plugin',
  }));
  const standIns = [...builtInPanels].map(([id, { meta }]) => ({
    value: id,
    label: meta.name,
    description: 'Stand-in',
  }));
  return [...ours, ...standIns];
}

/** Shows the same data in another panel, with the options that it starts with. */
export function PanelTypePicker({ panel }: { panel: VizPanel }) {
  const { pluginId } = panel.useState();
  return (
    <Field label="Visualization" htmlFor="panel-type" noMargin>
      <Combobox
        id="panel-type"
        options={listPanelTypes()}
        value={pluginId}
        onChange={({ value }) => {
          void panel.changePluginType(value);
        }}
      />
    </Field>
  );
}
