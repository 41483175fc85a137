/** Connections of which each runs one statement at a time. */
export interface FairPool<Member> {
  /**
   * Resolves with one that nobody has. One that is free goes to the owner that has the fewest, and first come first served among
   * equals: nobody waits behind the line of another. Rejects when `withdraw` is called with the same id.
   */
  acquire(owner: string, id?: string): Promise<Member>;
  release(owner: string, member: Member): void;
  /** Takes who waits with this id out of the line. False when nobody does. */
  withdraw(id: string): boolean;
}

interface Waiter<Member> {
  readonly owner: string;
  /** Of the statement that waits; absent for a command, which nobody cancels. */
  readonly id: string | undefined;
  readonly start: (member: Member) => void;
  readonly leave: () => void;
}

export function createFairPool<Member>(members: readonly Member[]): FairPool<Member> {
  const idle = [...members];
  const waiting: Waiter<Member>[] = [];
  const heldBy = new Map<string, number>();

  function count(owner: string, change: 1 | -1): void {
    const left = (heldBy.get(owner) ?? 0) + change;
    if (left === 0) heldBy.delete(owner);
    else heldBy.set(owner, left);
  }

  function takeNext(): Waiter<Member> | undefined {
    const heldOf = ({ owner }: Waiter<Member>): number => heldBy.get(owner) ?? 0;
    const fewest = Math.min(...waiting.map(heldOf));
    const place = waiting.findIndex((waiter) => heldOf(waiter) === fewest);
    return place < 0 ? undefined : waiting.splice(place, 1)[0];
  }

  return {
    acquire(owner, id) {
      const member = idle.pop();
      if (member !== undefined) {
        count(owner, 1);
        return Promise.resolve(member);
      }
      return new Promise((resolve, reject) => {
        const leave = (): void => {
          reject(new Error('withdrawn while it waited for a connection'));
        };
        waiting.push({ owner, id, start: resolve, leave });
      });
    },
    release(owner, member) {
      count(owner, -1);
      const next = takeNext();
      if (next === undefined) {
        idle.push(member);
        return;
      }
      count(next.owner, 1);
      next.start(member);
    },
    withdraw(id) {
      const place = waiting.findIndex((waiter) => waiter.id === id);
      if (place < 0) return false;
      waiting.splice(place, 1)[0]?.leave();
      return true;
    },
  };
}
