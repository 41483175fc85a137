import type { Loss } from '../model/losses';
import { testIds } from '../testIds';
import { Choice } from './Choice';
import { LossList } from './LossList';

interface Props {
  unread: readonly Loss[];
  /** Saves what can be read, and no more. */
  onDrop: () => void;
}

/** What the saved query says and nobody understands; nothing where all of it is read. */
export function UnreadParts({ unread, onDrop }: Props) {
  if (unread.length === 0) {
    return null;
  }
  return (
    <Choice
      title="Parts of the saved query can't be used"
      testId={testIds.queryEditor.unread}
      buttons={[{ label: 'Save what is shown instead', onClick: onDrop }]}
    >
      <LossList losses={unread} />
      <span>They stay saved as they are until you choose something else in their place.</span>
    </Choice>
  );
}
