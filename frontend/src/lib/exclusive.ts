/**
 * Run `work` while no other tab of this browser runs work under the same name. Without Web Locks (an insecure origin)
 * it is exclusive within this tab only; what we protect is idempotent anyway.
 */
export async function exclusive<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
  if (typeof navigator !== 'undefined' && navigator.locks) return await navigator.locks.request(name, work)
  const before = queues.get(name) ?? Promise.resolve()
  const mine = before.then(work, work)
  queues.set(
    name,
    mine.catch(() => undefined),
  )
  return await mine
}

const queues = new Map<string, Promise<unknown>>()
