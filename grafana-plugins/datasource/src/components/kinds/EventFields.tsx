import { InlineFieldRow } from '@grafana/ui';
import type { AnalyticsDataSource } from '../../datasource';
import { explainFilters } from '../../model/problems';
import type { EventChoice } from '../../types';
import { NameField } from '../fields';
import { Filters } from '../Filters';
import { findTypes } from './kind-editor';

interface Props {
  /** Makes ids of fields differ within one editor. */
  id: string;
  label: string;
  choice: EventChoice;
  placeholder: string;
  dimensions: string[];
  datasource: AnalyticsDataSource;
  onChange: (changed: Partial<EventChoice>) => void;
}

/** Which events are meant: a type, and filters on them. */
export function EventFields({ id, label, choice, placeholder, dimensions, datasource, onChange }: Props) {
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
