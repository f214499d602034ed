import { useCallback, useEffect, useRef, useState } from 'react'
import { Metronome, play, type Step, type Tour, type World } from './tour'

const OFF: Tour = { status: 'off' }

/**
 * The tour, to be run, paused by the space bar, gone on with, and stopped. `onStep`: which step begins. What is told is
 * the story as it was when it began; `told` is that one.
 */
export function useTour(story: readonly Step[], world: World, onStep: (step: Step) => void) {
  const [tour, setTour] = useState<Tour>(OFF)
  const [told, setTold] = useState(story)
  const running = useRef<{ pace: Metronome; over: AbortController } | null>(null)
  const now = useRef({ world, onStep })
  now.current = { world, onStep }

  const stop = useCallback(() => {
    running.current?.over.abort()
    running.current = null
    setTour(OFF)
  }, [])
  const run = useCallback(() => {
    stop()
    const over = new AbortController()
    const pace = new Metronome(over.signal)
    running.current = { pace, over }
    // What is done goes through the newest world: panes come and go while it plays.
    const through: World = {
      begin: () => now.current.world.begin(),
      go: (...given) => now.current.world.go(...given),
      say: (...given) => now.current.world.say(...given),
      fail: (...given) => now.current.world.fail(...given),
      answer: (...given) => now.current.world.answer(...given),
    }
    const tell = (at: number) => {
      setTour({ status: 'playing', at })
      const step = story[at]
      if (step !== undefined) now.current.onStep(step)
    }
    setTold(story)
    setTour({ status: 'playing', at: 0 })
    play(story, through, pace, tell).then(
      (whole) => {
        if (over.signal.aborted) return
        running.current = null
        setTour((last) => (whole ? { status: 'over' } : { status: 'failed', at: 'at' in last ? last.at : 0 }))
      },
      (thrown) => {
        if (!over.signal.aborted) throw thrown
      },
    )
  }, [story, stop])
  const pause = useCallback(() => {
    setTour((last) => {
      if (last.status === 'playing') return { ...last, status: 'paused' }
      return last.status === 'paused' ? { ...last, status: 'playing' } : last
    })
  }, [])
  const paused = tour.status === 'paused'
  useEffect(() => {
    if (paused) running.current?.pace.pause()
    else running.current?.pace.resume()
  }, [paused])

  const going = paused || tour.status === 'playing'
  useEffect(() => {
    if (!going) return
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== ' ' || event.defaultPrevented || takesSpace(event.target)) return
      event.preventDefault()
      pause()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [going, pause])
  useEffect(() => stop, [stop])
  return { tour, told, run, pause, stop }
}

/** A space means something there. In an empty field it does not: no message begins with one. */
function takesSpace(target: EventTarget | null): boolean {
  if (target instanceof HTMLTextAreaElement) return target.value !== ''
  return (
    target instanceof HTMLElement &&
    target.closest('button, a, summary, input, select, [role]:is([role^=menu])') !== null
  )
}
