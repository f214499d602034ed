/** What comes over the wire, read with care: a shape that is not the expected one becomes an empty value. */

export type Loose = Readonly<Record<string, unknown>>

/** An object or a list out of JSON; undefined where it is neither. */
export function parsed(data: string): Loose | undefined {
  try {
    return held(JSON.parse(data))
  } catch {
    return undefined
  }
}

export function held(value: unknown): Loose | undefined {
  return typeof value === 'object' && value !== null ? (value as Loose) : undefined
}

export function list(value: unknown): Loose[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'object' && each !== null) : []
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

export function number(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0
}
