import { describe, expect, test } from 'vitest'
import { eventReader, eventsOf, type ServerEvent } from './sse'

const STREAM =
  ': hello\n\nevent: state\ndata: {"a":1}\n\n' +
  'event: message\r\ndata: {"text":"Grüße 👋\\n"}\r\nid: 7\r\n\r\n' +
  'data: one\ndata: two\n\ndata\n\nevent: status\n\nretry: 5\rdata:three\r\r'
const EVENTS: ServerEvent[] = [
  { event: 'state', data: '{"a":1}' },
  { event: 'message', data: '{"text":"Grüße 👋\\n"}' },
  { event: 'message', data: 'one\ntwo' },
  { event: 'message', data: '' },
  { event: 'message', data: 'three' },
]

function bodyOf(bytes: Uint8Array, size: number): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.slice(at, at + size))
      controller.close()
    },
  })
}

describe('server-sent events', () => {
  test('are the same wherever the text is cut in two', () => {
    // A line's end that may still grow is not one yet: the last event waits for one more character.
    for (let cut = 0; cut <= STREAM.length; cut += 1) {
      const read = eventReader()
      const found = [...read(STREAM.slice(0, cut)), ...read(STREAM.slice(cut)), ...read(' ')]
      expect(found).toEqual(EVENTS)
    }
  })

  test.each([1, 2, 3, 5, 7, 1000])('are the same in pieces of %i bytes', async (size) => {
    const bytes = new TextEncoder().encode(`${STREAM} `)
    const found: ServerEvent[] = []
    for await (const event of eventsOf(bodyOf(bytes, size))) found.push(event)
    expect(found).toEqual(EVENTS)
  })

  test('half an event at the end of a stream is none', async () => {
    const found: ServerEvent[] = []
    const bytes = new TextEncoder().encode('data: whole\n\ndata: half\n')
    for await (const event of eventsOf(bodyOf(bytes, 4))) found.push(event)
    expect(found).toEqual([{ event: 'message', data: 'whole' }])
  })
})
