import {
  useCallback,
  useEffect,
  useRef,
  useState,
  type FocusEvent,
  type KeyboardEvent,
  type MouseEvent,
  type PointerEvent,
  type RefObject,
} from 'react';

/** Where a mark is: bars, cells and points all lie in rows and columns. */
export interface MarkPlace {
  row: number;
  column: number;
}

/** The mark that is looked at, by the mouse or by the keyboard. */
export interface ActiveMark extends MarkPlace {
  anchor: DOMRect;
  /** Stays until it is closed, so that its links can be reached. */
  isPinned: boolean;
}

export interface Marks {
  active: ActiveMark | undefined;
  /** The one mark that Tab stops at; arrows lead to the others. */
  tabStop: MarkPlace;
  /** For the element around the marks. */
  containerProps: {
    ref: RefObject<HTMLDivElement | null>;
    onPointerOver: (event: PointerEvent<HTMLElement>) => void;
    onPointerLeave: () => void;
    onFocus: (event: FocusEvent<HTMLElement>) => void;
    onBlur: () => void;
    onClick: (event: MouseEvent<HTMLElement>) => void;
    onKeyDown: (event: KeyboardEvent<HTMLElement>) => void;
    onScroll: () => void;
  };
  /** Leaves a note that was pinned, back to its mark. */
  dismiss: () => void;
}

/** What a mark's element needs so that it is found. */
export function markProps(row: number, column: number, { row: stopRow, column: stopColumn }: MarkPlace) {
  return {
    'data-mark': `${row}:${column}`,
    tabIndex: row === stopRow && column === stopColumn ? 0 : -1,
  } as const;
}

/**
 * Lets the mouse and the keyboard look at marks: elements with `markProps` inside of one container. One Tab stop for
 * all of them, arrows from one to the next, Enter or a click to pin one that has something to offer, Escape to leave.
 */
export function useMarks(canPin: (place: MarkPlace) => boolean): Marks {
  const ref = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState<ActiveMark>();
  const [tabStop, setTabStop] = useState<MarkPlace>({ row: 0, column: 0 });

  const close = useCallback(() => setActive(undefined), []);
  useClosedFromOutside(active?.isPinned ?? false, close);

  const dismiss = () => {
    close();
    if (active) {
      findMark(ref.current, active)?.focus();
    }
  };
  const look = (mark: Element | undefined) => {
    const place = mark && placeOf(mark);
    if (mark && place && !active?.isPinned) {
      setActive({ ...place, anchor: mark.getBoundingClientRect(), isPinned: false });
    }
  };
  const leave = () => setActive((current) => (current?.isPinned ? current : undefined));
  const pin = (mark: Element | undefined) => {
    const place = mark && placeOf(mark);
    if (mark && place && canPin(place)) {
      setActive({ ...place, anchor: mark.getBoundingClientRect(), isPinned: true });
      return true;
    }
    return false;
  };
  return {
    active,
    tabStop,
    dismiss,
    containerProps: {
      ref,
      onPointerOver: (event) => {
        const mark = markOf(event.target);
        if (mark) {
          look(mark);
        } else {
          leave();
        }
      },
      onPointerLeave: leave,
      onFocus: (event) => {
        const mark = markOf(event.target);
        const place = mark && placeOf(mark);
        if (place) {
          setTabStop(place);
        }
        look(mark);
      },
      onBlur: leave,
      onScroll: leave,
      onClick: (event) => {
        pin(markOf(event.target));
      },
      onKeyDown: (event) => {
        const mark = markOf(event.target);
        const isHandled = mark ? handleKey(event.key, mark, { container: ref.current, pin, close }) : false;
        if (isHandled) {
          event.preventDefault();
        }
      },
    },
  };
}

function handleKey(
  key: string,
  mark: Element,
  {
    container,
    pin,
    close,
  }: { container: Element | null; pin: (mark: Element) => boolean; close: () => void },
): boolean {
  if (key === 'Enter' || key === ' ') {
    return pin(mark);
  }
  if (key === 'Escape') {
    close();
    return false;
  }
  const next = container ? findNext(container, mark, key) : undefined;
  next?.focus();
  return next !== undefined;
}

const steps = new Map([
  ['ArrowLeft', { row: 0, column: -1 }],
  ['ArrowRight', { row: 0, column: 1 }],
  ['ArrowUp', { row: -1, column: 0 }],
  ['ArrowDown', { row: 1, column: 0 }],
]);

/** The nearest mark in the direction of the key; of a ragged table the last one of the next row. */
function findNext(container: Element, mark: Element, key: string): HTMLElement | undefined {
  const step = steps.get(key);
  const from = placeOf(mark);
  if (!step || !from) {
    return undefined;
  }
  const others = [...container.querySelectorAll<HTMLElement>('[data-mark]')].flatMap((element) => {
    const place = placeOf(element);
    return place ? [{ element, row: place.row - from.row, column: place.column - from.column }] : [];
  });
  const ahead = others.filter(({ row, column }) =>
    step.row === 0 ? row === 0 && Math.sign(column) === step.column : Math.sign(row) === step.row,
  );
  const distance = ({ row, column }: MarkPlace) => Math.abs(row) * 1_000 + Math.abs(column);
  return ahead.sort((a, b) => distance(a) - distance(b))[0]?.element;
}

function findMark(container: Element | null, { row, column }: MarkPlace): HTMLElement | null {
  return container?.querySelector<HTMLElement>(`[data-mark="${row}:${column}"]`) ?? null;
}

function markOf(target: EventTarget): Element | undefined {
  return target instanceof Element ? (target.closest('[data-mark]') ?? undefined) : undefined;
}

function placeOf(mark: Element): MarkPlace | undefined {
  const [row, column] = (mark.getAttribute('data-mark') ?? '').split(':').map(Number);
  return row === undefined || column === undefined ? undefined : { row, column };
}

function useClosedFromOutside(isOpen: boolean, close: () => void): void {
  useEffect(() => {
    if (!isOpen) {
      return undefined;
    }
    const onPointerDown = ({ target }: Event) => {
      if (!(target instanceof Element && target.closest('[data-note]'))) {
        close();
      }
    };
    document.addEventListener('pointerdown', onPointerDown);
    return () => document.removeEventListener('pointerdown', onPointerDown);
  }, [isOpen, close]);
}
