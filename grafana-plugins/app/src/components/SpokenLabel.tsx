import { css } from '@emotion/css';

const hidden = css({ position: 'absolute', width: 1, height: 1, overflow: 'hidden', clipPath: 'inset(50%)' });

/**
 * A name that is only spoken. Until Grafana 12 the comboboxes take no other one than by `aria-labelledby`, and of
 * those for several values not even the label of their field.
 */
export function SpokenLabel({ id, text }: { id: string; text: string }) {
  return (
    <span id={id} className={hidden}>
      {text}
    </span>
  );
}
