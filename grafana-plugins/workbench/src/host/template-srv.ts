import type { ScopedVars, TypedVariableModel } from '@grafana/data';
import type { TemplateSrv } from '@grafana/runtime';
import { sceneGraph, type SceneObject } from '@grafana/scenes';

const variablePattern = /\$(\w+)|\$\{\w+[^}]*\}|\[\[\w+[^\]]*\]\]/;

function isSceneObjectLike(value: unknown): value is SceneObject {
  return typeof value === 'object' && value !== null && 'state' in value && 'subscribeToState' in value;
}

/** The object that variables are looked up from: the one a request names, else the scene on the page. */
function contextOf(scopedVars: ScopedVars | undefined): SceneObject | undefined {
  const wrapped: unknown = scopedVars?.['__sceneObject']?.value;
  const named: unknown = typeof wrapped === 'object' && wrapped !== null ? wrapped.valueOf() : undefined;
  return isSceneObjectLike(named) ? named : window.__grafanaSceneContext;
}

/** Replaces template variables with the help of the scene on the page. */
export function createTemplateSrv(): TemplateSrv {
  return {
    getVariables: () => {
      const context = window.__grafanaSceneContext;
      const variables = context === undefined ? [] : sceneGraph.getVariables(context).state.variables;
      return variables.map((variable) => describeVariable(variable.state));
    },
    replace: (target = '', scopedVars, format) => {
      const context = contextOf(scopedVars);
      if (context === undefined || target === '') {
        return target;
      }
      return sceneGraph.interpolate(context, target, scopedVars, formatOf(format));
    },
    containsTemplate: (target) => target !== undefined && variablePattern.test(target),
    updateTimeRange: () => undefined,
  };
}

type Format = Parameters<typeof sceneGraph.interpolate>[3];

function formatOf(format: Parameters<TemplateSrv['replace']>[2]): Format {
  return format as Format;
}

/** Plugins read the name, the label and the type of variables; the rest of Grafana's model is not imitated. */
function describeVariable(state: { name: string; label?: string; type: string }): TypedVariableModel {
  const { name, label, type } = state;
  const described: unknown = { name, label: label ?? name, type, id: name };
  return described as TypedVariableModel;
}
