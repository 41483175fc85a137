import {
  CoreApp,
  dateTimeFormat,
  PluginContextProvider,
  type AnnotationQuery,
  type DataQuery,
} from '@grafana/data';
import { sceneGraph, type dataLayers } from '@grafana/scenes';
import { Alert } from '@grafana/ui';
import { toAnnotationMarks } from '../panels/annotation-marks';
import type { Source } from './load-source';

type Layer = dataLayers.AnnotationsDataLayer;

/** How many of the found annotations are listed. */
const listed = 10;

function isQuery(target: unknown): target is DataQuery {
  return typeof target === 'object' && target !== null && 'refId' in target;
}

/** The saved annotation as its data source wants it today. */
function prepare({ datasource }: Source, saved: AnnotationQuery): AnnotationQuery {
  const support = datasource.annotations;
  const withDefaults = { ...support?.getDefaultQuery?.(), ...saved };
  return support?.prepareAnnotation?.(withDefaults) ?? withDefaults;
}

function Found({ layer }: { layer: Layer }) {
  const { data } = layer.useState();
  const marks = toAnnotationMarks(data?.series);
  const timeZone = sceneGraph.getTimeRange(layer).getTimeZone();
  return (
    <div data-testid="found-annotations">
      {data?.errors?.map(({ message }) => (
        <Alert key={message} title="The annotations cannot be read">
          {message}
        </Alert>
      ))}
      <p>{marks.length} annotations in this range</p>
      <ul>
        {marks.slice(0, listed).map(({ fromMs, title, text }, index) => (
          <li key={`${fromMs}-${index}`}>
            {dateTimeFormat(fromMs, { timeZone })} {title} {text}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** One annotation query through its plugin's own editor, and what it finds. */
export function AnnotationEditor({ layer, source }: { layer: Layer; source: Source }) {
  const { query: saved, name } = layer.useState();
  const { datasource, settings } = source;
  const Editor = datasource.annotations?.QueryEditor ?? datasource.components?.QueryEditor;
  if (Editor === undefined) {
    return <Alert severity="info" title={`${settings.name} has no editor for annotations.`} />;
  }
  const annotation = prepare(source, saved);
  const target: unknown = annotation.target;
  const save = (query: AnnotationQuery): void => layer.setState({ query });
  return (
    <section data-testid={`annotation-${name}`}>
      <h3>{name}</h3>
      <PluginContextProvider meta={settings.meta}>
        <Editor
          datasource={datasource}
          query={isQuery(target) ? target : { refId: 'Anno' }}
          app={CoreApp.Dashboard}
          range={sceneGraph.getTimeRange(layer).state.value}
          annotation={annotation}
          onChange={(changed: DataQuery) => save({ ...annotation, target: changed })}
          onAnnotationChange={(changed: AnnotationQuery) => {
            save(changed);
            layer.runLayer();
          }}
          onRunQuery={() => layer.runLayer()}
        />
      </PluginContextProvider>
      <Found layer={layer} />
    </section>
  );
}
