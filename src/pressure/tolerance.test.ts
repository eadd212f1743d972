import { expect, it } from 'vitest'
import { isWithin } from './tolerance.ts'
import type { Answer } from './tolerance.ts'
import type { Tolerance } from './experiment.ts'

it.each<[Answer, Tolerance, boolean]>([
  [0, 0, true],
  [1, 0, false],
  [true, true, true],
  [200, [200, 204], true],
  [500, [200, 204], false],
  [204, { type: 'range', range: [200, 299] }, true],
  [300, { type: 'range', range: [200, 299] }, false],
  ['204', { type: 'range', range: [200, 299] }, false],
  ['ready', { type: 'regex', pattern: '^re' }, true],
  ['not', { type: 'regex', pattern: '^re' }, false],
  // Whoever does not answer is not well, whatever would be.
  [null, { type: 'regex', pattern: '' }, false],
  [null, [0, false], false],
])('%j within %j: %j', (answer, tolerance, expected) => {
  expect(isWithin(answer, tolerance)).toBe(expected)
})
