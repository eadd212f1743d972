import { expect, it } from 'vitest'
import { counted } from '../model/counted.ts'
import { sentence, spanInWords } from './words.ts'

it.each([
  [0, '0 seconds'],
  [1, '1 second'],
  [119, '119 seconds'],
  [3_600, '60 minutes'],
  [7_200, '2 hours'],
  [184_320, '2 days'],
])('%d seconds are %s', (seconds, words) => {
  expect(spanInWords(seconds)).toBe(words)
})

it('counts and ends sentences', () => {
  expect([counted(1, 'life', 'lives'), counted(2, 'life', 'lives')]).toEqual(['1 life', '2 lives'])
  expect([sentence('it grows'), sentence('Does it?')]).toEqual(['It grows.', 'Does it?'])
})
