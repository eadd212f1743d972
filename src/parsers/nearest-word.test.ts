import { expect, it } from 'vitest'
import { meantWord, nearestWord } from './nearest-word.ts'

const KNOWN = ['timeout', 'capture', 'problemIf', 'when', 'undo', 'id']

it.each([
  ['timout', 'timeout'],
  ['tiemout', 'timeout'],
  ['problemif', 'problemIf'],
  ['wehn', 'when'],
  ['capturee', 'capture'],
  ['undo', 'undo'],
  ['colour', null],
  ['x', null],
  ['', null],
])('%s is taken for %s', (word, meant) => {
  expect(nearestWord(word, KNOWN)).toBe(meant)
})

it('says what else there is where nothing is like it', () => {
  expect(meantWord('timout', KNOWN, 'use one of them')).toBe("did you mean 'timeout'?")
  expect(meantWord('colour', KNOWN, 'use one of them')).toBe('use one of them')
})
