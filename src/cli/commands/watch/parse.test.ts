import { expect, it } from 'vitest'
import { parseShare, parseWebhook } from './parse.ts'

it.each([
  ['80', 0.8],
  ['95%', 0.95],
  ['99.5', 0.995],
  ['100', 1],
])('%s percent are %d of the limit', (text, share) => {
  expect(parseShare(text)).toBeCloseTo(share)
})

it.each(['0', '101', '-5', 'x', ''])('%j is no share', (text) => {
  expect(() => parseShare(text)).toThrow(/is no share of a limit/)
})

it('does not repeat the address of a webhook, which may be a secret', () => {
  expect(() => parseWebhook('hooks.example.com/T0/secret')).toThrow(/^the webhook is no address$/)
  expect(() => parseWebhook('ftp://hooks.example.com/secret')).toThrow(
    /^the webhook is no address$/,
  )
  expect(parseWebhook('https://hooks.example.com/T0').host).toBe('hooks.example.com')
})
