import { describe, expect, test } from 'vitest'
import { CHANNELS, type Channel } from './channels'
import { arc, bend, GAP, LANES, type LineItem, layLine, layTrace, nodePath, type TraceNode } from './line'

const said = (channel: Channel = 'web', more: Partial<LineItem> = {}): LineItem => ({
  kind: 'message',
  channel,
  ...more,
})

describe('the line', () => {
  test('is unbroken from the first message to the last', () => {
    const pieces = layLine([said(), said(), said()], true)
    expect(pieces.map((piece) => [piece.above, piece.below])).toEqual([
      ['none', 'solid'],
      ['solid', 'solid'],
      ['solid', 'open'],
    ])
  })

  test('leaves every row where the next one begins', () => {
    const items = [
      said(),
      { kind: 'switch', channel: 'slack' } as const,
      said('slack'),
      { kind: 'switch', channel: 'sms' } as const,
      said('sms'),
    ]
    const pieces = layLine(items, true)
    for (const [at, piece] of pieces.slice(1).entries()) {
      expect(piece.lane).toBe(pieces[at]?.exit)
      expect(piece.channel).toBe(pieces[at]?.next)
    }
  })

  test('bends once at a switch point and takes the next channel’s colour there', () => {
    const [before, point, after] = layLine([said(), { kind: 'switch', channel: 'slack' }, said('slack')], true)
    expect([before?.lane, before?.exit]).toEqual([0, 0])
    expect([point?.lane, point?.exit, point?.channel, point?.next, point?.fill]).toEqual([0, 1, 'web', 'slack', null])
    expect([after?.lane, after?.exit, after?.channel]).toEqual([1, 1, 'slack'])
  })

  test('runs on dashed below its last message while the link is lost', () => {
    expect(layLine([said(), said()], false).at(-1)?.below).toBe('dashed')
    expect(layLine([said(), said()], false)[0]?.below).toBe('solid')
  })

  test('carries waiting messages on its dashed part', () => {
    const [kept, one, two] = layLine([said(), said('web', { hangs: true }), said('web', { hangs: true })], false)
    expect(kept?.below).toBe('dashed')
    expect([one?.above, one?.below, one?.fill]).toEqual(['dashed', 'dashed', 'hung'])
    expect([two?.above, two?.below, two?.fill]).toEqual(['dashed', 'dashed', 'hung'])
  })

  test('ends open at a message that nobody could take', () => {
    const last = layLine([said(), said('gmail', { broken: true })], true).at(-1)
    expect([last?.fill, last?.below]).toEqual(['broken', 'none'])
  })

  test('tells a person’s message from an answer by its filling', () => {
    expect(layLine([said('web', { person: true }), said()], true).map((piece) => piece.fill)).toEqual(['full', 'ring'])
  })

  test('goes on below a bridge as it was, and stops at an open end', () => {
    const bridge = { kind: 'bridge', channel: 'gmail' } as const
    const end = { kind: 'end', channel: 'gmail' } as const
    const pieces = layLine([said('whatsapp'), bridge, said('whatsapp'), end], true)
    expect(pieces.map(({ channel, fill }) => [channel, fill])).toEqual([
      ['whatsapp', 'ring'],
      ['whatsapp', null],
      ['whatsapp', 'ring'],
      ['whatsapp', null],
    ])
    expect(pieces.map(({ below }) => below)).toEqual(['solid', 'solid', 'solid', 'none'])
    expect(layLine([said(), end, said()], true)[1]?.below).toBe('solid')
  })

  test('of nothing is nothing', () => {
    expect(layLine([], true)).toEqual([])
  })
})

test('a bend begins and ends upright on its two lanes', () => {
  expect(bend(0, 1, 48)).toMatch(new RegExp(`^M${LANES[0]} 0V8C${LANES[0]} `))
  expect(bend(0, 1, 48)).toMatch(new RegExp(`${LANES[1]} 40V48$`))
})

test('an arc leaves the rail and comes back to it, on the side of the other lane', () => {
  for (const lane of [0, 1] as const) {
    const { path, x } = arc(lane)
    expect(path.startsWith(`M${LANES[lane]} ${GAP.from}`)).toBe(true)
    expect(path.endsWith(`${LANES[lane]} ${GAP.to}`)).toBe(true)
    expect(Math.sign(x - LANES[lane])).toBe(lane === 0 ? 1 : -1)
    expect(Math.abs(x - LANES[lane])).toBeGreaterThan(8)
  }
})

test('every channel has a shape of its own', () => {
  const channels = Object.keys(CHANNELS) as Channel[]
  expect(new Set(channels.map((channel) => CHANNELS[channel].shape)).size).toBe(channels.length)
  expect(new Set(channels.map((channel) => nodePath(channel, 0, 0))).size).toBe(channels.length)
})

const traceOf = (...channels: Channel[]) => channels.map((channel) => ({ author: 'agent', channel }))

describe('the trace', () => {
  test('goes over a gap to where a message went instead, and on in its own lane; after an open end it begins anew', () => {
    const nodes: TraceNode[] = [
      ...traceOf('whatsapp'),
      { author: 'system', channel: 'gmail', broke: 'hop' },
      ...traceOf('whatsapp'),
      { author: 'system', channel: 'sms', broke: 'lost' },
      ...traceOf('whatsapp', 'web'),
    ]
    const laid = layTrace(nodes, 10)
    expect(laid.map(({ comes }) => comes)).toEqual(['from', 'over', 'straight', 'straight', 'not', 'straight'])
    expect(laid.map(({ lane }) => lane)).toEqual([0, 0, 0, 0, 0, 1])
  })

  test('shows the last dozen nodes', () => {
    const laid = layTrace(traceOf(...Array.from({ length: 30 }, (_, at): Channel => (at < 29 ? 'web' : 'sms'))), 10)
    expect(laid).toHaveLength(12)
    expect(laid.at(-1)).toMatchObject({ channel: 'sms', lane: 1 })
  })

  test('changes lanes where the channel changes, and only there', () => {
    expect(layTrace(traceOf('web', 'web', 'slack', 'slack', 'web'), 10).map((node) => node.lane)).toEqual([
      0, 0, 1, 1, 0,
    ])
  })

  test('advances by one step a node', () => {
    const [a, b, c] = layTrace(traceOf('web', 'web', 'web'), 13).map((node) => node.x)
    expect([Number(b) - Number(a), Number(c) - Number(b)]).toEqual([13, 13])
  })
})
