/** A voice note while it is recorded: asking for the microphone, how long and how loud, and what comes of it. */

import { Store } from '@/lib/store'

/** Seconds of one voice note. */
export const MOST_SECONDS = 300
/** Bits per second: speech, in good quality. */
const RATE = 32_000
const TYPES = ['audio/webm;codecs=opus', 'audio/ogg;codecs=opus', 'audio/mp4']

export type RecordingState =
  | { readonly status: 'asking' }
  /** `since`: UTC milliseconds. */
  | { readonly status: 'recording'; readonly since: number }
  /** No microphone can be had; `why` says it in words. */
  | { readonly status: 'refused'; readonly why: string }
  /** It is over: sent on, or thrown away. */
  | { readonly status: 'over' }

/** `send`: at once; `review`: listened to first. */
export type Purpose = 'send' | 'review'

export class Recording {
  readonly state = new Store<RecordingState>({ status: 'asking' })
  readonly #onDone: (recording: Blob, purpose: Purpose) => void
  #stream: MediaStream | undefined
  #recorder: MediaRecorder | undefined
  #ears: AudioContext | undefined
  #hears: AnalyserNode | undefined
  #full: ReturnType<typeof setTimeout> | undefined
  /** Null: it was thrown away. */
  #purpose: Purpose | null = 'review'

  constructor(onDone: (recording: Blob, purpose: Purpose) => void) {
    this.#onDone = onDone
  }

  /** Ask for the microphone and begin. */
  async start(): Promise<void> {
    let stream: MediaStream
    try {
      // Absent where the page is not served over a safe connection.
      const devices = navigator.mediaDevices as MediaDevices | undefined
      if (devices === undefined || typeof MediaRecorder === 'undefined') return this.#refuse(UNSAFE)
      stream = await devices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true } })
    } catch (fault) {
      return this.#refuse(whyNot(fault))
    }
    // Thrown away while the browser asked.
    if (this.state.get().status !== 'asking') return letGo(stream)
    this.#stream = stream
    const type = TYPES.find((each) => MediaRecorder.isTypeSupported(each))
    const recorder = new MediaRecorder(stream, { audioBitsPerSecond: RATE, ...(type ? { mimeType: type } : {}) })
    const pieces: Blob[] = []
    recorder.ondataavailable = ({ data }) => pieces.push(data)
    recorder.onstop = () => this.#ended(new Blob(pieces, { type: recorder.mimeType || type || 'audio/webm' }))
    recorder.onerror = () => this.finish('review')
    this.#recorder = recorder
    this.#listen(stream)
    recorder.start(1_000)
    this.#full = setTimeout(() => this.finish('review'), MOST_SECONDS * 1_000)
    this.state.set({ status: 'recording', since: Date.now() })
  }

  /** It is all said. */
  finish(purpose: Purpose): void {
    if (this.#recorder?.state !== 'recording') return
    this.#purpose = purpose
    this.#recorder.stop()
  }

  /** Throw it away, at any time. */
  cancel(): void {
    this.#purpose = null
    if (this.#recorder?.state === 'recording') this.#recorder.stop()
    this.#close()
  }

  /** How loud it is now, 0 to 1. */
  level(): number {
    if (this.#hears === undefined) return 0
    const wave = new Uint8Array(this.#hears.fftSize)
    this.#hears.getByteTimeDomainData(wave)
    const loudest = wave.reduce((most, each) => Math.max(most, Math.abs(each - 128)), 0)
    // Speech seldom fills the range: the root makes it visible.
    return Math.sqrt(loudest / 128)
  }

  #ended(recording: Blob): void {
    const purpose = this.#purpose
    this.#close()
    if (purpose !== null) this.#onDone(recording, purpose)
  }

  #listen(stream: MediaStream): void {
    if (typeof AudioContext === 'undefined') return
    this.#ears = new AudioContext()
    this.#hears = this.#ears.createAnalyser()
    this.#hears.fftSize = 512
    this.#ears.createMediaStreamSource(stream).connect(this.#hears)
  }

  #refuse(why: string): void {
    if (this.state.get().status === 'asking') this.state.set({ status: 'refused', why })
  }

  #close(): void {
    clearTimeout(this.#full)
    if (this.#stream) letGo(this.#stream)
    void this.#ears?.close()
    this.#stream = undefined
    this.#ears = undefined
    this.#hears = undefined
    this.state.set({ status: 'over' })
  }
}

const UNSAFE = 'Voice notes need a secure address (https). Open this page by one, or write instead.'

function whyNot(fault: unknown): string {
  switch (fault instanceof Error ? fault.name : '') {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'The microphone is blocked for this page. Allow it in the browser’s site settings, then try again.'
    case 'NotFoundError':
      return 'No microphone was found. Connect one, then try again.'
    default:
      return 'The microphone could not be used. Another program may have it: close that, then try again.'
  }
}

function letGo(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop()
}
