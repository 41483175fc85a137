import { useLayoutEffect, useRef, useState } from 'react';
import { readText, toText, type ReadText } from '../model/query-json';
import type { AnalyticsQuery } from '../types';

/** A text that was typed and not taken over. */
interface Typed {
  text: string;
  /** The query as text when typing began. */
  base: string;
  /** What the editor was last given; while somebody types it is given nothing. */
  given: string;
  isFinished: boolean;
}

export interface Draft {
  /** For the editor: the draft's text, or the query's. */
  text: string;
  read: ReadText;
  isThere: boolean;
  /** Then there is something to say about it. */
  isFinished: boolean;
  /** The query has been replaced by another one since typing began: the draft is of one that is gone. */
  isOutdated: boolean;
  /** While somebody types; may be called by an editor that never asks for a newer one. */
  type: (text: string) => void;
  /** When typing has ended: taken over if nothing of it would be lost. */
  finish: (text: string) => void;
  /** Takes over what can be. */
  take: () => void;
  /** From now on a draft of the query as it is. */
  keep: () => void;
  drop: () => void;
}

/**
 * What is typed as JSON, until it says the same as the query.
 *
 * @param current the query as text, as it is saved
 */
export function useDraft(
  query: AnalyticsQuery,
  current: string,
  change: (query: AnalyticsQuery) => void,
): Draft {
  const [typed, setTyped] = useState<Typed>();
  const latest = useRef(current);
  useLayoutEffect(() => {
    latest.current = current;
  }, [current]);

  // What says the same as the query is none.
  const draft = typed?.text === current ? undefined : typed;
  const isOutdated = draft !== undefined && draft.base !== current;
  const read = readText(draft?.text ?? current, query);

  const set = (text: string, isFinished: boolean) => {
    const now = latest.current;
    setTyped((before) =>
      text === now
        ? undefined
        : {
            text,
            base: before?.base ?? now,
            given: isFinished ? text : (before?.given ?? now),
            isFinished,
          },
    );
  };
  const drop = () => setTyped(undefined);
  return {
    text: draft === undefined ? current : isOutdated ? draft.text : draft.given,
    read,
    isThere: draft !== undefined,
    isFinished: draft?.isFinished ?? true,
    isOutdated,
    type: (text) => set(text, false),
    finish: (text) => {
      const said = readText(text, query);
      const isSame = said.state === 'read' && said.losses.length === 0;
      if (isSame && !isOutdated) {
        drop();
        if (toText(said.query) !== current) change(said.query);
      } else {
        set(text, true);
      }
    },
    take: () => {
      drop();
      if (read.state === 'read') change(read.query);
    },
    keep: () => {
      const isSame = read.state === 'read' && read.losses.length === 0;
      setTyped(
        draft && !isSame ? { ...draft, base: current, given: draft.text, isFinished: true } : undefined,
      );
      if (isSame) change(read.query);
    },
    drop,
  };
}
