import type { DataFrame, GrafanaTheme2, TimeZone } from '@grafana/data';

/** What a panel's view model is built of. */
export interface ViewModelInput<Options> {
  frames: readonly DataFrame[];
  options: Options;
  theme: GrafanaTheme2;
  timeZone: TimeZone;
}
