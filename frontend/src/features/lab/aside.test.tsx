import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, test, vi } from 'vitest'
import { failing, forget, keep, kept, steppingAside, steppingBack } from './aside'
import { FailNote, type FailNoteProps } from './fail-note'
import { passesAtOnce, type Spot } from './knobs'

beforeEach(() => localStorage.clear())

const spot = (switches: Spot['switches']): Spot => ({ key: 'wa', channel: 'whatsapp', provider: 'meta', switches })
const items = [
  { id: 'b-1', channel: 'whatsapp', mode: 'active' },
  { id: 'b-2', channel: 'web', mode: 'mirror' },
  { id: 'b-3', channel: 'gmail', mode: 'standby' },
  { id: 'b-4', channel: 'sms', mode: 'off' },
] as const

test('a channel fails where it takes nothing, not where it is only slow', () => {
  const all = [spot({ fail: '190' }), spot({ http: 500 }), spot({ delay_ms: 500, duplicate: true }), spot({})]
  expect(failing(all)).toEqual(all.slice(0, 2))
  expect([{ fail: '131026' }, { fail: '131000' }, { http: 500 }].map((each) => passesAtOnce(spot(each)))).toEqual([
    true,
    false,
    false,
  ])
})

test('mirrors stand by meanwhile, but not what fails itself, and only those that still do mirror again', () => {
  expect(steppingAside(items, ['whatsapp'])).toEqual([{ id: 'b-2', mode: 'standby' }])
  expect(steppingAside(items, ['web'])).toEqual([])
  expect(steppingBack(items, ['b-1', 'b-2', 'b-3', 'b-4'])).toEqual([{ id: 'b-3', mode: 'mirror' }])
})

test('what stood by is known after a reload, and anything else in that place is nothing', () => {
  keep('c-1', ['b-1'])
  keep('c-1', ['b-1', 'b-2'])
  keep('c-2', ['b-3'])
  forget('c-2')
  expect(kept()).toEqual({ 'c-1': ['b-1', 'b-2'] })
  for (const odd of ['null', '7', '{"c":1}', '{"c":[1]}', '{']) {
    localStorage.setItem('throughline.lab.aside', odd)
    expect(kept()).toEqual({})
  }
})

const show = (more: Partial<FailNoteProps> = {}) => {
  const props: FailNoteProps = {
    channel: 'whatsapp',
    atOnce: true,
    active: 'whatsapp',
    went: null,
    asking: 'no',
    onAsk: vi.fn(),
    onLook: vi.fn(),
    onHeal: vi.fn(),
    ...more,
  }
  render(<FailNote {...props} />)
  return props
}

test('says before anything is asked what will happen, and where one has to be for it', () => {
  show({ active: 'web' })
  expect(screen.getByRole('status')).toHaveTextContent(
    'WhatsApp takes nothing from us now. Until it works again the other channels stand by: an answer that fails there ' +
      'goes on by one of them at once. This conversation is on the web now, so go on in WhatsApp to see it.',
  )
})

test('says afterwards where it went, and leads there', async () => {
  const { onLook, onHeal } = show({
    went: { channel: 'gmail', words: 'Sent by e-mail instead: WhatsApp did not take it' },
  })
  expect(screen.getByRole('status')).toHaveTextContent('Sent by e-mail instead: WhatsApp did not take it.')
  expect(screen.queryByRole('button', { name: /^Ask/ })).toBeNull()
  await userEvent.click(screen.getByRole('button', { name: 'Look at Gmail' }))
  expect(onLook).toHaveBeenCalledExactlyOnceWith('gmail')
  await userEvent.click(screen.getByRole('button', { name: 'Let it work again' }))
  expect(onHeal).toHaveBeenCalledOnce()
})

test('where nothing could be asked it says what is left to do', () => {
  show({ asking: 'failed' })
  expect(screen.getByRole('status')).toHaveTextContent('Write there by hand, or choose another channel.')
})
