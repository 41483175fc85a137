import {
  LocalValueVariable,
  MultiValueVariable,
  SceneGridItem,
  SceneGridLayout,
  sceneGraph,
  SceneObjectBase,
  SceneVariableSet,
  VariableDependencyConfig,
  type SceneComponentProps,
  type SceneObjectState,
  type SceneVariable,
  type VizPanel,
} from '@grafana/scenes';

interface RepeatedPanelsState extends SceneObjectState {
  /** Is copied for each value, and never shown itself. */
  source: VizPanel;
  variable: string;
  columns: number;
  /** Of one panel, in units of the grid. */
  heightOfOne: number;
  panels: VizPanel[];
}

interface Choice {
  value: string;
  text: string;
}

const toText = (value: unknown): string => (typeof value === 'string' ? value : String(value));

function isMultiValue(variable: SceneVariable | null): variable is MultiValueVariable {
  return variable instanceof MultiValueVariable;
}

/** The chosen values with their texts; "All" stands for every one that there is. */
function choicesOf(variable: MultiValueVariable): Choice[] {
  const { value, text, options } = variable.state;
  const values = [value].flat().map(toText);
  if (values.includes('$__all')) {
    return options.map((option) => ({ value: toText(option.value), text: option.label }));
  }
  const texts = [text].flat().map(toText);
  return values.map((chosen, index) => ({ value: chosen, text: texts[index] ?? chosen }));
}

/** One panel for each chosen value of a variable, in place of a panel that repeats. */
export class RepeatedPanels extends SceneObjectBase<RepeatedPanelsState> {
  public static Component = Repeated;

  protected override _variableDependency = new VariableDependencyConfig(this, {
    variableNames: [this.state.variable],
    onVariableUpdateCompleted: () => this.repeat(),
  });

  public constructor(state: RepeatedPanelsState) {
    super(state);
    this.addActivationHandler(() => this.repeat());
  }

  private repeat(): void {
    const { source, variable: name, columns, heightOfOne } = this.state;
    const variable = sceneGraph.lookupVariable(name, this);
    if (!isMultiValue(variable) || variable.state.loading === true) {
      return;
    }
    const panels = choicesOf(variable).map(({ value, text }, index) =>
      source.clone({
        key: `${source.state.key}-${index}`,
        $variables: new SceneVariableSet({ variables: [new LocalValueVariable({ name, value, text })] }),
      }),
    );
    this.setState({ panels });
    const rows = Math.max(1, Math.ceil(panels.length / columns));
    if (this.parent instanceof SceneGridItem) {
      this.parent.setState({ height: rows * heightOfOne });
    }
    // What stands below makes room only when the grid is laid out anew.
    sceneGraph.getAncestor(this, SceneGridLayout).forceRender();
  }
}

function Repeated({ model }: SceneComponentProps<RepeatedPanels>) {
  const { panels, columns } = model.useState();
  return (
    <div
      style={{
        display: 'grid',
        width: '100%',
        height: '100%',
        gap: 8,
        gridAutoRows: 'minmax(0, 1fr)',
        gridTemplateColumns: `repeat(${Math.max(1, Math.min(columns, panels.length))}, minmax(0, 1fr))`,
      }}
    >
      {panels.map((panel) => (
        <div key={panel.state.key} style={{ position: 'relative', display: 'flex', minHeight: 0 }}>
          <panel.Component model={panel} />
        </div>
      ))}
    </div>
  );
}
