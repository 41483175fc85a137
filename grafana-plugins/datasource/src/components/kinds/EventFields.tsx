import { InlineFieldRow } from '@grafana/ui';
import type { EventChoice } from '../../types';
import { NameField } from '../fields';
import { Filters } from '../Filters';
import { findTypes, type KindEditorProps } from './kind-editor';

interface Props extends Pick<KindEditorProps<unknown>, 'dimensions' | 'explainFilters' | 'datasource'> {
  /** Makes ids of fields differ within one editor. */
  id: string;
  label: string;
  choice: EventChoice;
  placeholder: string;
  onChange: (changed: Partial<EventChoice>) => void;
}

/** Which events are meant: a type, and filters on them. */
export function EventFields(props: Props) {
  const { id, label, choice, placeholder, dimensions, explainFilters, datasource, onChange } = props;
  return (
    <>
      <InlineFieldRow>
        <NameField
          id={`${id}-type`}
          label={label}
          value={choice.type ?? ''}
          placeholder={placeholder}
          options={findTypes(datasource)}
          isClearable
          width={50}
          onChange={(type) => onChange({ type })}
        />
      </InlineFieldRow>
      <Filters
        refId={id}
        filters={choice.filters}
        dimensions={dimensions}
        problems={explainFilters(choice.filters)}
        findValues={(dimension, prefix) => datasource.client.dimensionValues(dimension, prefix)}
        onChange={(filters) => onChange({ filters })}
      />
    </>
  );
}
