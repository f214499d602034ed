// Parts of a screen that are fetched when they are first wanted. The server may be away at that moment: then it is
// asked again until it is there, and what stands in the part's place stays so long.
import { type ComponentType, type LazyExoticComponent, lazy } from 'react'

const AGAIN_MS = 2_000

type Loaded<Props> = { default: ComponentType<Props> }

export function later<Props extends object>(
  load: () => Promise<Loaded<Props>>,
): LazyExoticComponent<ComponentType<Props>> {
  return lazy(() => until(load))
}

async function until<Value>(load: () => Promise<Value>): Promise<Value> {
  for (;;) {
    try {
      return await load()
    } catch {
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS))
    }
  }
}
