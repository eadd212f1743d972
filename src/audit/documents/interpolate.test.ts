import fc from 'fast-check'
import { expect, it } from 'vitest'
import { interpolate, readVariables } from './interpolate.ts'

const VARIABLES = new Map([
  ['A', '1g'],
  ['EMPTY', ''],
])

// What docker compose config makes of them (compose-spec, 12-interpolation.md).
it.each([
  ['512m', '512m'],
  ['${A}', '1g'],
  ['$A', '1g'],
  ['${B:-2g}', '2g'],
  ['${B-2g}', '2g'],
  ['${EMPTY:-2g}', '2g'],
  ['${EMPTY-2g}', ''],
  ['${A:+3g}', '3g'],
  ['${B:+3g}', ''],
  ['${A:?must be set}', '1g'],
  ['$$A', '$A'],
  ['-Xmx${A} -Xms${A}', '-Xmx1g -Xms1g'],
])('%s becomes %j', (text, filled) => {
  expect(interpolate(text, VARIABLES)).toBe(filled)
})

it.each(['${B}', '$B', '${B:?must be set}', 'x${B}y'])('%s is not known', (text) => {
  expect(interpolate(text, VARIABLES)).toBeNull()
})

it('reads the forms of a .env file', () => {
  const text = `# comment\nA=1g\nB = "2 g" # two\nexport C='3g'\nD=4g # four\n\nnot a variable\nE=\n`
  expect([...readVariables(text)]).toEqual([
    ['A', '1g'],
    ['B', '2 g'],
    ['C', '3g'],
    ['D', '4g'],
    ['E', ''],
  ])
})

it('never throws, whatever the texts are', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (text, environment) => {
      const filled = interpolate(text, readVariables(environment))
      expect(filled === null || typeof filled === 'string').toBe(true)
    }),
  )
})
