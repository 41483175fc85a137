/** A moment by which something is over, for all of its steps: what one of them takes is gone for those behind it. */
export interface Deadline {
  /** Zero once it has passed. */
  leftMs(): number;
  /** This one, or that many milliseconds from now if that is sooner. */
  atMost(ms: number): Deadline;
  /** When this part of what is left now is used up. */
  share(part: number): Deadline;
}

export function createDeadline(ms: number, now: () => number = () => performance.now()): Deadline {
  return deadlineAt(now() + ms, now);
}

function deadlineAt(at: number, now: () => number): Deadline {
  const leftMs = (): number => Math.max(0, at - now());
  return {
    leftMs,
    atMost: (ms) => deadlineAt(Math.min(at, now() + ms), now),
    share: (part) => deadlineAt(now() + leftMs() * part, now),
  };
}

/** True when the work is done before the deadline, which rejects if the work does; false at the deadline: what then still runs is left to itself. */
export async function isDoneBefore(deadline: Deadline, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<false>((resolve) => {
    timer = setTimeout(() => {
      resolve(false);
    }, deadline.leftMs());
  });
  try {
    return await Promise.race([work.then(() => true), over]);
  } finally {
    clearTimeout(timer);
  }
}
