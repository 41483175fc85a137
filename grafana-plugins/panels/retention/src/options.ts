import type { PanelOptionsEditorBuilder } from '@grafana/data';
import { defaultOptions } from './migrations';
import type { RetentionPanelOptions } from './types';

/** The panel's options, made of Grafana's standard editors alone. */
export function buildOptions(builder: PanelOptionsEditorBuilder<RetentionPanelOptions>): void {
  addRetentionOptions(builder);
  addPartOptions(builder);
}

function addRetentionOptions(builder: PanelOptionsEditorBuilder<RetentionPanelOptions>): void {
  const category = ['Retention'];
  builder
    .addRadio({
      path: 'view',
      name: 'View',
      category,
      defaultValue: defaultOptions.view,
      settings: {
        options: [
          { value: 'heatmap', label: 'Heatmap' },
          { value: 'curve', label: 'Curves' },
        ],
      },
    })
    .addRadio({
      path: 'show',
      name: 'In the cells',
      description: 'The colour is always the share: cohorts differ in size.',
      category,
      defaultValue: defaultOptions.show,
      settings: {
        options: [
          { value: 'share', label: 'Share' },
          { value: 'users', label: 'Users' },
        ],
      },
      showIf: ({ view }) => view === 'heatmap',
    })
    .addRadio({
      path: 'scale',
      name: 'Deepest colour',
      description:
        "The largest share after the cohort's own period, or 100 %. A maximum of the field goes first.",
      category,
      defaultValue: defaultOptions.scale,
      settings: {
        options: [
          { value: 'auto', label: 'Largest share' },
          { value: 'full', label: '100 %' },
        ],
      },
      showIf: ({ view }) => view === 'heatmap',
    })
    .addRadio({
      path: 'cohortOrder',
      name: 'First cohort',
      category,
      defaultValue: defaultOptions.cohortOrder,
      settings: {
        options: [
          { value: 'oldest', label: 'Oldest' },
          { value: 'newest', label: 'Newest' },
        ],
      },
      showIf: ({ view }) => view === 'heatmap',
    });
}

function addPartOptions(builder: PanelOptionsEditorBuilder<RetentionPanelOptions>): void {
  const category = ['Parts'];
  builder
    .addBooleanSwitch({
      path: 'showMean',
      name: 'Mean of all cohorts',
      description: 'Each by its size, and only where its period has ended.',
      category,
      defaultValue: defaultOptions.showMean,
    })
    .addBooleanSwitch({
      path: 'showSize',
      name: 'Size of a cohort',
      category,
      defaultValue: defaultOptions.showSize,
      showIf: ({ view }) => view === 'heatmap',
    })
    .addBooleanSwitch({
      path: 'showFirstPeriod',
      name: "Cohort's own period",
      category,
      defaultValue: defaultOptions.showFirstPeriod,
    })
    .addBooleanSwitch({
      path: 'showLegend',
      name: 'Legend',
      category,
      defaultValue: defaultOptions.showLegend,
    })
    .addBooleanSwitch({
      path: 'showDefinition',
      name: 'Definition',
      description: 'An icon that explains the numbers.',
      category,
      defaultValue: defaultOptions.showDefinition,
    });
}
