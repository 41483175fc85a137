/** As many as the thread pool works on; more would only hold memory. */
const width = 16;

/** Runs the work for each item, some at a time. Rejects with the first failure, when none is under way any more. */
export async function sideBySide<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = [...items].reverse();
  let hasFailed = false;
  const lane = async (): Promise<void> => {
    for (let item = left.pop(); item !== undefined && !hasFailed; item = left.pop())
      await work(item).catch((error: unknown) => {
        hasFailed = true;
        throw error;
      });
  };
  const lanes = await Promise.allSettled(Array.from({ length: width }, lane));
  const failed = lanes.find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
}
