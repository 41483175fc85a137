import { TextField } from '../fields';

interface Props {
  id: string;
  search: string | undefined;
  placeholder: string;
  onChange: (changed: { search: string }) => void;
}

/** Words that events are looked for by. */
export function SearchField({ id, search, placeholder, onChange }: Props) {
  return (
    <TextField
      id={`${id}-search`}
      label="Contains"
      tooltip="Words that the line of an event must contain, all of them; case does not matter."
      width={50}
      value={search ?? ''}
      placeholder={placeholder}
      onChange={(typed) => onChange({ search: typed })}
    />
  );
}
