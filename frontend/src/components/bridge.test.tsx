import { render, screen } from '@testing-library/react'
import { expect, test } from 'vitest'
import { layLine } from '@/lib/line'
import { type HopRow, type LostRow, lineItem } from '@/lib/thread'
import Bridge from './bridge'

const hop: HopRow = {
  kind: 'hop',
  id: 'hop-4',
  at: '2026-11-21T12:00:00.000Z',
  message: 'm',
  from: 'whatsapp',
  to: 'gmail',
  reason: 'not_confirmed',
  reader: 'person',
}
const lost: LostRow = { kind: 'lost', id: 'lost-m', message: 'm', channel: 'gmail', state: 'dead', reader: 'member' }

function show(row: HopRow | LostRow, action?: string) {
  const piece = layLine([{ kind: 'message', channel: 'whatsapp' }, lineItem(row)], true)[1]
  if (piece === undefined) throw new Error('no piece')
  return render(<Bridge row={row} piece={piece} fresh={true} action={action} />).container
}

test('a gap is bridged by an arc in the colours of both channels, and the words say why', () => {
  const shown = show(hop)
  expect(screen.getByText('Sent by e-mail instead: WhatsApp did not confirm in time')).toBeVisible()
  const stops = [...shown.querySelectorAll('stop')].map((stop) => stop.getAttribute('stop-color'))
  expect(stops).toEqual(['var(--channel-whatsapp)', 'var(--channel-gmail)'])
  expect(shown.querySelector('[data-bends]')).not.toBeNull()
  expect(shown.querySelector('svg')).toHaveAttribute('aria-hidden', 'true')
})

test('an open end says so and bears its one action', () => {
  show(lost, 'Send again')
  expect(screen.getByText('Did not get through: Gmail did not take it.')).toBeVisible()
  expect(screen.getByText('Send again')).toBeVisible()
})
