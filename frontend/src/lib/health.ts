// How a channel is, in one word and one sentence.

export type Health = 'unconfigured' | 'waiting_first_event' | 'up' | 'degraded' | 'down' | 'needs_reauth' | 'disabled'

export type HealthTone = 'ok' | 'attention' | 'failed' | 'still'

const LOOKS: Readonly<Record<Health, { word: string; tone: HealthTone }>> = {
  unconfigured: { word: 'Not set up', tone: 'still' },
  waiting_first_event: { word: 'Waiting for its first event', tone: 'still' },
  up: { word: 'Up', tone: 'ok' },
  degraded: { word: 'Slow or failing in part', tone: 'attention' },
  down: { word: 'Down', tone: 'failed' },
  needs_reauth: { word: 'Needs new credentials', tone: 'failed' },
  disabled: { word: 'Switched off', tone: 'still' },
}

export function healthWord(health: Health): string {
  return LOOKS[health].word
}

export function healthTone(health: Health): HealthTone {
  return LOOKS[health].tone
}
