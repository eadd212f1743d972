import fc from 'fast-check'
import { expect, it } from 'vitest'
import { shownValue, withFlag } from './runtime-flags.ts'

it.each([
  ['NODE_OPTIONS', null, '--max-old-space-size=512', '--max-old-space-size=512'],
  [
    'NODE_OPTIONS',
    '--trace-gc --max_old_space_size 4096 -r ./x.js',
    '--max-old-space-size=512',
    '--trace-gc -r ./x.js --max-old-space-size=512',
  ],
  [
    'JAVA_TOOL_OPTIONS',
    '-Dkey=hidden -Xmx4g -XX:MaxRAMPercentage=80',
    '-Xmx512m',
    '-Dkey=hidden -Xmx512m',
  ],
  [
    'JAVA_TOOL_OPTIONS',
    '-Xmx512m -XX:MaxDirectMemorySize=32m',
    '-XX:MaxDirectMemorySize=32m',
    '-Xmx512m -XX:MaxDirectMemorySize=32m',
  ],
])('%s %j gets %s', (variable, present, flag, expected) => {
  expect(withFlag(variable, present, flag)).toBe(expected)
})

it('shows flags of ours and nothing else', () => {
  expect(shownValue('JAVA_TOOL_OPTIONS', '-Dkey=hidden -Xmx512m')).toBe('… -Xmx512m')
  expect(shownValue('NODE_OPTIONS', '--max-old-space-size=512')).toBe('--max-old-space-size=512')
  expect(shownValue('PASSWORD', 'hidden')).toBe('…')
})

it('setting a flag twice is setting it once, and nothing else is lost', () => {
  const word = fc.stringMatching(/^-[a-z]{1,6}=[a-z0-9]{1,6}$/)
  fc.assert(
    fc.property(fc.array(word, { maxLength: 5 }), (words) => {
      const once = withFlag('NODE_OPTIONS', words.join(' '), '--max-old-space-size=512')
      expect(withFlag('NODE_OPTIONS', once, '--max-old-space-size=512')).toBe(once)
      expect(once.split(' ').slice(0, -1)).toEqual(words)
    }),
  )
})
