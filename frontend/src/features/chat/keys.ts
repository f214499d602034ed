/** The names under which the query cache keeps things. */

export const LIST = ['conversations'] as const
export const threadKey = (id: string) => ['thread', id] as const
export const deliveriesKey = (id: string) => ['deliveries', id] as const
export const bindingsKey = (id: string) => ['bindings', id] as const
