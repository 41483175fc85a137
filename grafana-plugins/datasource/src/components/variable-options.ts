import { getTemplateSrv } from '@grafana/runtime';

/** The dashboard's variables as choices of a field that takes template variables. */
export function variableOptions(): { value: string; label: string; description: string }[] {
  return getTemplateSrv()
    .getVariables()
    .map(({ name }) => ({ value: `$${name}`, label: `$${name}`, description: 'Dashboard variable' }));
}
