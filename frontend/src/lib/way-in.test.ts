import { expect, test } from 'vitest'
import { isForCamera, wayIn, wayWords } from './way-in'

test.each([
  ['Write to us on WhatsApp first: https://wa.me/447700900100', 'https://wa.me/447700900100'],
  ['sms:+447700900101?&body=!link%20BCDF2345', 'sms:+447700900101?&body=!link%20BCDF2345'],
  ['mailto:hello@harbour.example?subject=Link', 'mailto:hello@harbour.example?subject=Link'],
  ['Write to us on Slack first, then go on there.', null],
  ['javascript:alert(1)', null],
  ['http://wa.me/1', null],
  ['data:text/html,https', null],
  ['', null],
  [null, null],
])('the way in of %j is %j', (words, address) => {
  expect(wayIn(words)).toBe(address)
})

test('a camera is for what a telephone opens', () => {
  expect(isForCamera('https://wa.me/1')).toBe(true)
  expect(isForCamera('mailto:a@b.example')).toBe(false)
})

test.each([
  ['https://wa.me/1', 'Open WhatsApp'],
  ['sms:+1?&body=x', 'Write the SMS'],
  ['mailto:a@b.example', 'Write the mail'],
])('%s is called by what it does', (address, words) => {
  expect(wayWords('WhatsApp', address)).toBe(words)
})
