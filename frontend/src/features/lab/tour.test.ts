import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { ANSWER_MS, CAPTION_MS, Metronome, play, STORY, storyFor, type World } from './tour'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => vi.useRealTimers())

/** A world that does everything at once and writes down what it was asked for. */
function worldOf(more: Partial<World> = {}) {
  const done: string[] = []
  const world: World = {
    begin: async () => 'c-1',
    go: async (_, channel) => {
      done.push(`go ${channel}`)
      return true
    },
    say: async (_, channel) => {
      done.push(`say ${channel}`)
      return true
    },
    fail: async (_, channel) => {
      done.push(`fail ${channel}`)
      return async () => {
        done.push(`heal ${channel}`)
      }
    },
    answer: async () => undefined,
    ...more,
  }
  return { world, done }
}

describe('the tour', () => {
  test('goes through every kind of pane and ends where it began', () => {
    expect(STORY.map(({ channel }) => channel)).toEqual(['web', 'whatsapp', 'whatsapp', 'gmail', 'slack', 'web'])
    expect(new Set(STORY.map(({ caption }) => caption)).size).toBe(STORY.length)
  })

  test('is over in a minute, with five seconds for each answer', () => {
    expect(STORY.length * (CAPTION_MS + ANSWER_MS + 5_000)).toBeLessThanOrEqual(60_000)
  })

  test('leaves out what the tenant does not have', () => {
    expect(storyFor(new Set(['web', 'slack'])).map(({ channel }) => channel)).toEqual(['web', 'slack', 'web'])
  })

  test('moves the talk before it speaks there, and tells each step as it begins', async () => {
    const { world, done } = worldOf()
    const told: number[] = []
    const whole = play(STORY, world, new Metronome(new AbortController().signal), (at) => told.push(at))
    await vi.runAllTimersAsync()
    expect(await whole).toBe(true)
    expect(done).toEqual([
      'say web',
      ...[
        'go whatsapp',
        'say whatsapp',
        'go whatsapp',
        'fail whatsapp',
        'say whatsapp',
        'heal whatsapp',
        'go gmail',
        'say gmail',
        'go slack',
        'say slack',
        'go web',
        'say web',
      ],
    ])
    expect([...new Set(told)]).toEqual([0, 1, 2, 3, 4, 5])
  })

  test('waits for an answer that it began to look for before it spoke', async () => {
    const { world, done } = worldOf()
    let answered = () => {}
    world.answer = () => {
      done.push('look')
      return new Promise((resolve) => {
        answered = resolve
      })
    }
    const whole = play(STORY.slice(0, 2), world, new Metronome(new AbortController().signal), () => {})
    await vi.advanceTimersByTimeAsync(60_000)
    expect(done).toEqual(['look', 'say web'])
    answered()
    await vi.advanceTimersByTimeAsync(ANSWER_MS + CAPTION_MS)
    expect(done).toEqual(['look', 'say web', 'go whatsapp', 'look', 'say whatsapp'])
    answered()
    await vi.runAllTimersAsync()
    expect(await whole).toBe(true)
  })

  test('does nothing while it is paused, and goes on where it was', async () => {
    const { world, done } = worldOf()
    const pace = new Metronome(new AbortController().signal)
    const whole = play(STORY.slice(0, 1), world, pace, () => {})
    await vi.advanceTimersByTimeAsync(10)
    pace.pause()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(done).toEqual([])
    pace.resume()
    await vi.runAllTimersAsync()
    expect(done).toEqual(['say web'])
    expect(await whole).toBe(true)
  })

  test.each(['running', 'paused'])('ends at once when it is stopped while %s', async (how) => {
    const { world, done } = worldOf()
    const over = new AbortController()
    const pace = new Metronome(over.signal)
    const end = play(STORY, world, pace, () => {}).catch(() => 'stopped')
    if (how === 'paused') pace.pause()
    await vi.advanceTimersByTimeAsync(10)
    over.abort()
    expect(await end).toBe('stopped')
    await vi.runAllTimersAsync()
    expect(done).toEqual([])
  })

  test.each(['stopped', 'unable to speak'])('leaves no channel broken when it is %s', async (how) => {
    const breaking = STORY.filter(({ fails }) => fails)
    const { world, done } = worldOf(how === 'stopped' ? {} : { say: async () => false })
    const over = new AbortController()
    const end = play(breaking, world, new Metronome(over.signal), () => {}).catch(() => false)
    await vi.advanceTimersByTimeAsync(10)
    expect(done).toEqual(['fail whatsapp'])
    if (how === 'stopped') over.abort()
    await vi.runAllTimersAsync()
    expect(await end).toBe(false)
    expect(done).toEqual(['fail whatsapp', 'heal whatsapp'])
  })

  test.each<Partial<World>>([{ begin: async () => null }, { go: async () => false }, { say: async () => false }])(
    'says so where a step cannot be done',
    async (broken) => {
      const whole = play(STORY, worldOf(broken).world, new Metronome(new AbortController().signal), () => {})
      await vi.runAllTimersAsync()
      expect(await whole).toBe(false)
    },
  )
})
