import { expect, it } from 'vitest'
import { percent } from './words.ts'

it('a share of nothing is no figure', () => {
  expect(percent(48, 64)).toBe('75 %')
  expect(percent(3, 0)).toBe('more than all')
})
