import { useMemo } from 'react'
import { EMPTY, hear, type PhoneEnd, type PhonePerson } from './phones'
import { type Sample, sampleFor } from './samples'
import { type StandIn, useStandIn } from './useStandIn'
import type { Switches } from './weather'

/** A phone-like stand-in, live, and what its customer can do there. */
export function usePhones(provider: 'meta' | 'twilio' | 'telegram', there: boolean) {
  const standIn = useStandIn(provider, EMPTY, hear, there)
  const { send } = standIn
  const acts = useMemo(() => actsOf(send), [send])
  return { ...standIn, ...acts }
}

export type PhoneActs = ReturnType<typeof actsOf>

function actsOf(send: StandIn<unknown>['send']) {
  return {
    say: (end: PhoneEnd, person: PhonePerson, text: string) => send('say', { end: end.id, person: person.id, text }),
    show: (end: PhoneEnd, person: PhonePerson, sample: Sample) =>
      send('say', { end: end.id, person: person.id, text: '', ...sampleFor(end.channel, sample) }),
    press: (end: PhoneEnd, person: PhonePerson, message: string, button: string) =>
      send('press', { end: end.id, person: person.id, message, button }),
    // Nobody is told when this fails: the next message is read again.
    read: (end: PhoneEnd, person: PhonePerson) => send('read', { end: end.id, person: person.id }, 'quiet'),
    setSwitches: (end: string, switches: Switches) => send('switches', { app: end, ...switches }),
  }
}
