// Server-sent events out of a stream of text, wherever the network cut it.

export interface ServerEvent {
  /** `message` where the server gave no name. */
  event: string
  data: string
}

/** One reader per stream: feed it pieces as they come, take the events that are whole. */
export function eventReader(): (piece: string) => ServerEvent[] {
  let rest = ''
  let event = ''
  let data: string[] = []
  let first = true

  const take = (line: string): ServerEvent | undefined => {
    if (line === '') {
      const whole = data.length > 0 ? { event: event || 'message', data: data.join('\n') } : undefined
      event = ''
      data = []
      return whole
    }
    const colon = line.indexOf(':')
    const name = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (name === 'event') event = value
    else if (name === 'data') data.push(value)
    return undefined
  }

  return (piece) => {
    rest += first ? piece.replace(/^\uFEFF/, '') : piece
    if (piece !== '') first = false
    const found: ServerEvent[] = []
    for (;;) {
      const end = rest.search(/[\r\n]/)
      // A carriage return at the very end may be half of a line's end: wait for what follows.
      if (end < 0 || (rest[end] === '\r' && end === rest.length - 1)) return found
      const width = rest[end] === '\r' && rest[end + 1] === '\n' ? 2 : 1
      const whole = take(rest.slice(0, end))
      rest = rest.slice(end + width)
      if (whole !== undefined) found.push(whole)
    }
  }
}

/** Every event of a body, until it ends. Characters that the network cut in two are put together. */
export async function* eventsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent> {
  const read = eventReader()
  const decoder = new TextDecoder()
  const reader = body.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield* read(decoder.decode(value, { stream: true }))
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}
