import type { MarkPlace } from '@coditect/plugins-shared/panel/components';
import type { FunnelViewModel } from '../model/build-view-model';
import type { FunnelShape } from '../model/layout';
import type { FunnelPanelOptions } from '../types';

/** What both ways to draw a funnel are given. */
export interface ChartProps {
  model: FunnelViewModel;
  options: FunnelPanelOptions;
  shape: FunnelShape;
  isNarrow: boolean;
  /** The group that the legend points out. */
  chosen: string | undefined;
  tabStop: MarkPlace;
}
