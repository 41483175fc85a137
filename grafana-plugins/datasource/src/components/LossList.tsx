import type { Loss } from '../model/losses';

/** Each part that is not understood, and what becomes of it. */
export function LossList({ losses }: { losses: readonly Loss[] }) {
  return (
    <ul style={{ margin: 0, paddingLeft: 16 }}>
      {losses.map(({ path, reason }) => (
        <li key={path}>
          <code>{path}</code> {reason}
        </li>
      ))}
    </ul>
  );
}
