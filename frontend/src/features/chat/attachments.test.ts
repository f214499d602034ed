import { waitFor } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { ApiFault } from '@/api/http'
import type { Upload } from '@/api/upload'
import { MOST_BYTES } from '@/lib/files'
import { Attachments } from './attachments'
import { holdOf } from './tray'

interface Asked {
  path: string
  given: Upload
  answer: (value: unknown) => void
  refuse: (fault: Error) => void
}

let asked: Asked[] = []
let dropped: string[] = []
let made: Attachments

beforeEach(() => {
  asked = []
  dropped = []
  vi.spyOn(URL, 'createObjectURL').mockReturnValue('blob:preview')
  vi.spyOn(URL, 'revokeObjectURL').mockReturnValue(undefined)
  made = new Attachments({
    upload: <Answer>(path: string, given: Upload) =>
      new Promise<Answer>((resolve, reject) => {
        given.signal.addEventListener('abort', () => reject(given.signal.reason))
        asked.push({ path, given, answer: (value) => resolve(value as Answer), refuse: reject })
      }),
    ask: <Answer>(path: string) => {
      dropped.push(path)
      return Promise.resolve(undefined as Answer)
    },
  })
})

afterEach(() => made.stop())

/** A file of any size without its bytes. */
function file(name: string, size = 10, type = 'text/plain'): File {
  const given = new File(['x'], name, { type })
  Object.defineProperty(given, 'size', { value: size })
  return given
}
const tray = () => made.of('c-1').get()
const states = () => tray().items.map((item) => `${item.name}:${item.state}`)
const stored = (name: string, more = {}) => ({
  id: `id-${name}`,
  type: 'file',
  name,
  media_type: 'text/plain',
  size: 10,
  ...more,
})
const settle = () => waitFor(() => new Promise((resolve) => setTimeout(resolve)))

describe('limits', () => {
  test.each([
    [file('film.mov', MOST_BYTES + 1), '“film.mov” has 26 MB. A file may have 25 MB.'],
    [file('film.mov', 31_400_000), '“film.mov” has 31 MB. A file may have 25 MB.'],
    [file('none.txt', 0), '“none.txt” is empty: there is nothing in it to send.'],
  ])('%# is refused before anything is uploaded, and the limit is named', (given, words) => {
    made.add('c-1', [given])
    expect(asked).toEqual([])
    expect(tray()).toMatchObject({ items: [], refused: [words], said: words })
  })

  test('a file of exactly the limit is taken', () => {
    made.add('c-1', [file('just.bin', MOST_BYTES)])
    expect(states()).toEqual(['just.bin:uploading'])
  })

  test('of more than ten files the rest is left out', () => {
    made.add('c-1', [file('first')])
    made.add(
      'c-1',
      Array.from({ length: 12 }, (_, at) => file(`f${at}`)),
    )
    expect(tray().items).toHaveLength(10)
    expect(tray().refused).toEqual(['A message takes 10 files: 3 files were left out.'])
  })

  test('a refused one takes no room from a good one', () => {
    made.add('c-1', [file('none', 0), ...Array.from({ length: 10 }, (_, at) => file(`f${at}`))])
    expect(tray().items).toHaveLength(10)
    expect(tray().refused).toHaveLength(1)
  })
})

describe('uploads', () => {
  test('three go at a time; the next begins when one is through', async () => {
    made.add(
      'c-1',
      ['a', 'b', 'c', 'd'].map((name) => file(name)),
    )
    await waitFor(() => expect(asked).toHaveLength(3))
    expect(holdOf(tray())).toBe('Uploading 4 files. They can be sent when they are there.')
    asked[0]?.answer(stored('a'))
    await waitFor(() => expect(asked).toHaveLength(4))
    expect(states()).toEqual(['a:ready', 'b:uploading', 'c:uploading', 'd:uploading'])
    expect(tray().said).toBe('a is attached.')
  })

  test('what is uploaded is named to the server, and how far it is told', async () => {
    made.add('c-1', [file('Dach & Co.png', 100, 'image/png')])
    await waitFor(() => expect(asked).toHaveLength(1))
    expect(asked[0]?.path).toBe('/api/v1/conversations/c-1/files?name=Dach+%26+Co.png&voice=0')
    expect(asked[0]?.given.type).toBe('image/png')
    asked[0]?.given.onProgress(40)
    expect(tray().items[0]).toMatchObject({ sent: 40, preview: 'blob:preview', kind: 'image' })
    // The body is wrapped by nothing, but a browser may count what is around it.
    asked[0]?.given.onProgress(140)
    expect(tray().items[0]?.sent).toBe(100)
  })

  test('one that failed keeps the message back, says why, and is tried again from the start', async () => {
    made.add('c-1', [file('a', 10)])
    await waitFor(() => expect(asked).toHaveLength(1))
    asked[0]?.given.onProgress(10)
    asked[0]?.refuse(new ApiFault({ code: 'unreachable', status: 0, detail: 'The server could not be reached.' }))
    await waitFor(() => expect(states()).toEqual(['a:failed']))
    expect(tray().items[0]?.reason).toBe('No connection. Retry when it is back.')
    expect(holdOf(tray())).toBe('a was not uploaded. Retry it or remove it to send.')
    expect(made.take('c-1')).toEqual([])
    made.retry('c-1', tray().items[0]?.key ?? '')
    expect(tray().items[0]).toMatchObject({ state: 'uploading', sent: 0, reason: null })
    await waitFor(() => expect(asked).toHaveLength(2))
    asked[1]?.answer(stored('a'))
    await waitFor(() => expect(states()).toEqual(['a:ready']))
    expect(holdOf(tray())).toBeNull()
  })

  test('a refusal is told in the words of the server', async () => {
    made.add('c-1', [file('a')])
    await waitFor(() => expect(asked).toHaveLength(1))
    asked[0]?.refuse(new ApiFault({ code: 'busy', status: 503, detail: 'Not now.', hint: 'Try again.' }))
    await waitFor(() => expect(tray().items[0]?.reason).toBe('Not now. Try again.'))
  })

  test('taken back on its way it is called off, and makes room for the next', async () => {
    made.add(
      'c-1',
      ['a', 'b', 'c', 'd'].map((name) => file(name)),
    )
    await waitFor(() => expect(asked).toHaveLength(3))
    made.remove('c-1', tray().items[1]?.key ?? '')
    expect(asked[1]?.given.signal.aborted).toBe(true)
    await waitFor(() => expect(asked).toHaveLength(4))
    expect(states()).toEqual(['a:uploading', 'c:uploading', 'd:uploading'])
    expect(dropped).toEqual([])
  })

  test('taken back when it is there it is taken from the server as well', async () => {
    made.add('c-1', [file('a')])
    await waitFor(() => expect(asked).toHaveLength(1))
    asked[0]?.answer(stored('a'))
    await waitFor(() => expect(states()).toEqual(['a:ready']))
    made.remove('c-1', tray().items[0]?.key ?? '')
    expect(dropped).toEqual(['/api/v1/files/id-a'])
    expect(tray()).toMatchObject({ items: [], said: 'a is not attached any more.' })
  })

  test('what is there goes out once, and comes back where it could not be sent', async () => {
    made.add('c-1', [file('a')])
    made.add('c-2', [file('elsewhere')])
    await waitFor(() => expect(asked).toHaveLength(2))
    asked[0]?.answer(stored('a'))
    await waitFor(() => expect(states()).toEqual(['a:ready']))
    const parts = made.take('c-1')
    expect(parts.map((part) => part.id)).toEqual(['id-a'])
    expect(made.take('c-1')).toEqual([])
    made.giveBack('c-1', parts)
    expect(states()).toEqual(['a:ready'])
    expect(made.take('c-1')).toEqual(parts)
    expect(dropped).toEqual([])
  })
})

describe('recordings', () => {
  test('one is uploaded as a voice note and told with what is said in it', async () => {
    const there = made.record('c-1', new Blob(['sound'], { type: 'audio/webm;codecs=opus' }))
    await waitFor(() => expect(asked).toHaveLength(1))
    expect(asked[0]?.path).toContain('files?name=voice-note.webm&voice=1')
    const part = stored('voice-note.webm', { type: 'audio', voice: true, transcript: 'It rains.' })
    asked[0]?.answer(part)
    expect((await there)?.part).toEqual(part)
    expect(tray().said).toBe('voice-note.webm is attached. It says: It rains.')
  })

  test('one that was taken back on its way is not sent after all', async () => {
    const there = made.record('c-1', new Blob(['sound'], { type: 'audio/webm' }))
    await waitFor(() => expect(asked).toHaveLength(1))
    made.remove('c-1', tray().items[0]?.key ?? '')
    expect(await there).toBeNull()
    await settle()
    expect(tray().items).toEqual([])
  })

  test('one goes out alone, beside what waits for its own message', async () => {
    made.add('c-1', [file('a')])
    await waitFor(() => expect(asked).toHaveLength(1))
    asked[0]?.answer(stored('a'))
    const there = made.record('c-1', new Blob(['sound'], { type: 'audio/mp4' }))
    await waitFor(() => expect(asked).toHaveLength(2))
    asked[1]?.answer(stored('voice-note.m4a'))
    expect(made.take('c-1', (await there)?.key).map((part) => part.name)).toEqual(['voice-note.m4a'])
    expect(states()).toEqual(['a:ready'])
  })
})
