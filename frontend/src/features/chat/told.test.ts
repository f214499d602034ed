import { describe, expect, test } from 'vitest'
import type { DeliveryBody, DeliveryFrame } from '@/live/protocol'
import { forget, hear, NOTHING, read, Telling } from './told'

const frame = (state: string, more: Partial<DeliveryFrame> = {}): DeliveryFrame => ({
  t: 'delivery',
  c: 'c-1',
  message: 'm-1',
  binding: 'b-1',
  channel: 'slack',
  state,
  at: '2026-11-21T12:00:00.000Z',
  ...more,
})
const entry = (state: DeliveryBody['state'], more: Partial<DeliveryBody> = {}): DeliveryBody => ({
  messages: ['m-1'],
  binding: 'b-1',
  channel: 'slack',
  state,
  ...more,
})
const state = (told: ReturnType<typeof hear>, channel = 'slack') =>
  told.get('m-1')?.find((each) => each.channel === channel)?.state

describe('what is told of a delivery', () => {
  test('a frame counts at once, without an event', () => {
    const told = hear(NOTHING, frame('sending'))
    expect(state(told)).toBe('sending')
    expect(state(hear(told, frame('streaming')))).toBe('streaming')
  })

  test('a try that was not taken and the next one show, one after the other', () => {
    const told = hear(hear(NOTHING, frame('sending')), frame('not_sent', { reason: 'ratelimited' }))
    expect(told.get('m-1')).toMatchObject([{ state: 'not_sent', reason: 'ratelimited' }])
    expect(state(hear(told, frame('sending')))).toBe('sending')
  })

  test('a frame that comes late takes nothing down its ladder', () => {
    const told = hear(NOTHING, frame('accepted'))
    expect(hear(told, frame('sending'))).toBe(told)
  })

  test('the log wins over what was told, also where it is less', () => {
    const told = read(hear(NOTHING, frame('delivered')), entry('accepted'))
    expect(told.get('m-1')).toEqual([{ channel: 'slack', state: 'accepted', reason: undefined, logged: true }])
  })

  test('an end that the log has is not lifted by a frame, but by the log', () => {
    const dead = read(NOTHING, entry('dead', { reason: 'token_revoked' }))
    expect(hear(dead, frame('sending'))).toBe(dead)
    expect(state(read(dead, entry('accepted')))).toBe('accepted')
  })

  test('what was given up shows again once it waits again, and nothing else lifts it', () => {
    const dead = read(NOTHING, entry('dead', { reason: 'refused' }))
    expect(state(hear(dead, frame('sending')))).toBe('dead')
    expect(state(hear(dead, frame('pending')))).toBe('pending')
    expect(state(hear(read(NOTHING, entry('passed')), frame('pending')))).toBe('passed')
  })

  test('one entry of the log is about many messages', () => {
    const told = read(NOTHING, entry('delivered', { messages: ['m-1', 'm-2'] }))
    expect([...told.keys()]).toEqual(['m-1', 'm-2'])
  })

  test('each channel has its own state', () => {
    const told = hear(read(NOTHING, entry('read', { channel: 'web' })), frame('sending'))
    expect([state(told, 'web'), state(told)]).toEqual(['read', 'sending'])
  })

  test('what says nothing new gives the same map back', () => {
    const told = read(NOTHING, entry('accepted'))
    expect(read(told, entry('accepted'))).toBe(told)
    expect(hear(told, frame('accepted'))).toBe(told)
  })

  test('after a lost link only what the log has is left', () => {
    const told = hear(read(NOTHING, entry('accepted')), frame('sending', { message: 'm-2' }))
    expect([...forget(told).keys()]).toEqual(['m-1'])
  })

  test('conversations are kept apart, and readers hear of their own only', () => {
    const telling = new Telling()
    const heard: string[] = []
    telling.of('c-1').subscribe(() => heard.push('c-1'))
    telling.of('c-2').subscribe(() => heard.push('c-2'))
    telling.heard(frame('sending'))
    telling.heard(frame('sending'))
    telling.logged('c-2', [])
    expect(heard).toEqual(['c-1'])
  })
})
