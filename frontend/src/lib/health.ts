// How a channel is, in one word and one sentence.

export type Health = 'unconfigured' | 'waiting_first_event' | 'up' | 'degraded' | 'down' | 'needs_reauth' | 'disabled'

export type HealthTone = 'ok' | 'attention' | 'failed' | 'still'

const LOOKS: Readonly<Record<Health, { word: string; brief: string; tone: HealthTone }>> = {
  unconfigured: { word: 'Not set up', brief: 'Not set up', tone: 'still' },
  waiting_first_event: { word: 'Waiting for its first event', brief: 'Not used yet', tone: 'still' },
  up: { word: 'Up', brief: 'Up', tone: 'ok' },
  degraded: { word: 'Slow or failing in part', brief: 'Slow', tone: 'attention' },
  down: { word: 'Down', brief: 'Down', tone: 'failed' },
  needs_reauth: { word: 'Needs new credentials', brief: 'Down', tone: 'failed' },
  disabled: { word: 'Switched off', brief: 'Off', tone: 'still' },
}

export function healthWord(health: Health): string {
  return LOOKS[health].word
}

/** The same for who writes there: whether it can be used. */
export function briefly(health: Health): string {
  return LOOKS[health].brief
}

export function healthTone(health: Health): HealthTone {
  return LOOKS[health].tone
}
