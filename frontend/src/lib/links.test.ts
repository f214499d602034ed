import { expect, test } from 'vitest'
import { readLink } from './links'

const HERE = 'https://chat.example'

test.each([
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  ' javascript:alert(1)',
  'java\nscript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'vbscript:x',
  'file:///etc/passwd',
  'blob:https://chat.example/1',
  'http://',
  '',
  undefined,
])('%j leads nowhere', (address) => {
  expect(readLink(address, HERE)).toEqual({ kind: 'inert' })
})

test('an address on our origin stays here', () => {
  expect(readLink('/c/1?x=2#y', HERE)).toEqual({ kind: 'here', path: '/c/1?x=2#y' })
  expect(readLink('https://chat.example/docs', HERE)).toEqual({ kind: 'here', path: '/docs' })
})

test.each([
  ['https://example.org/a', 'example.org'],
  ['//evil.example/a', 'evil.example'],
  ['\\\\evil.example', 'evil.example'],
  ['https://chat.example@evil.example/', 'evil.example'],
  ['https://chat.example.evil.example:8443/', 'chat.example.evil.example:8443'],
])('%s is away, and its host is said', (address, host) => {
  expect(readLink(address, HERE)).toMatchObject({ kind: 'away', host })
})

test('a host in look-alike letters is shown as what it is', () => {
  expect(readLink('https://еxample.org/', HERE)).toMatchObject({ kind: 'away', host: 'xn--xample-2of.org' })
})

test('a mail link names the address', () => {
  expect(readLink('mailto:ana@example.org', HERE)).toMatchObject({ kind: 'away', host: 'ana@example.org' })
})
