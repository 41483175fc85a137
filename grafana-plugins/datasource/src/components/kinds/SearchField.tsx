import { explainSearch } from '../../model/problems';
import { TextField } from '../fields';
import { Problem } from '../Problem';

interface Props {
  id: string;
  search: string | undefined;
  placeholder: string;
  onChange: (changed: { search: string }) => void;
}

/** Words that events are looked for by. */
export function SearchField({ id, search, placeholder, onChange }: Props) {
  const problem = explainSearch(search);
  return (
    <div>
      <TextField
        id={`${id}-search`}
        label="Contains"
        tooltip="Words that the line of an event must contain, all of them; case does not matter."
        width={50}
        value={search ?? ''}
        placeholder={placeholder}
        problem={problem}
        onChange={(typed) => onChange({ search: typed })}
      />
      <Problem text={problem} />
    </div>
  );
}
