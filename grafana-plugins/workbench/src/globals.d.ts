import type { SceneObject } from '@grafana/scenes';

declare global {
  /** Versions of the packages inside this build, set by the bundler. */
  const __GRAFANA_VERSION__: string;
  const __REACT_VERSION__: string;

  interface Window {
    workbenchHost?: string;
    /** Where public files are, with a slash at its end; set before any module runs. */
    __grafana_public_path__?: string;
    /** The scene that is on the page; Grafana's packages look for it under this name. */
    __grafanaSceneContext?: SceneObject;
    /** Where the code editor gets its workers. */
    MonacoEnvironment?: { getWorker: (moduleId: string, label: string) => Worker };
  }
}
