import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { holds, namesIn, readCondition } from './condition.ts'
import type { Value } from './condition.ts'

function judge(text: string, values: Record<string, Value> = {}, output = ''): boolean | null {
  const read = readCondition(text)
  if (!read.ok) throw new Error(read.says)
  return holds(read.condition, { values: new Map(Object.entries(values)), output })
}

describe('a condition', () => {
  it.each([
    [2_000_000_000, 100, false],
    [2_000_000_001, 100, true],
    [2_000_000_000, 101, true],
  ])('of %i bytes and %i layers is %s', (size, layers, expected) => {
    expect(judge('size > 2GB || layers > 100', { size, layers })).toBe(expected)
  })

  it.each([
    ['exit == 0 && state == done', { exit: 0, state: 'done' }, true],
    ['exit == 0 && state == done', { exit: 0, state: 'failed' }, false],
    ['state != ready', { state: 'degraded' }, true],
    ['!(depth >= 5)', { depth: 4 }, true],
    ['depth < before.depth', { depth: 4, 'before.depth': 9 }, true],
    ['size.problem', { 'size.problem': true }, true],
    ['usage > 1.5GiB', { usage: 1.6 * 2 ** 30 }, true],
    ['state == "not ready"', { state: 'not ready' }, true],
  ])('%s of %j is %s', (text, values, expected) => {
    expect(judge(text, values)).toBe(expected)
  })

  it('looks at what was written', () => {
    expect(judge('!match(/out of memory/i)', {}, 'all well\nOut of Memory: killed')).toBe(false)
    expect(judge('match(/^done$/)', {}, 'x\ndone')).toBe(true)
  })

  it('is not known where what it asks for is not, unless the rest decides', () => {
    expect(judge('size > 2GB')).toBeNull()
    expect(judge('size > 2GB || exit == 1', { exit: 1 })).toBe(true)
    expect(judge('size > 2GB && exit == 1', { exit: 0 })).toBe(false)
    expect(judge('!(size > 2GB)')).toBeNull()
  })

  it.each([
    ['size >', 'something is missing at the end', 6],
    ['size > 2XB', "'2XB' is no size", 7],
    ['(a == b', 'a ( does not end', 7],
    ['a == b c', 'nothing more can stand here', 7],
    ['match(x)', 'match is written as match(/…/)', 7],
    ['a == b; rm', "';' means nothing here", 6],
  ])('%s: %s', (text, says, at) => {
    expect(readCondition(text)).toEqual({ ok: false, says, at })
  })

  it('is read or refused, and never fails', () => {
    fc.assert(
      fc.property(fc.string(), fc.dictionary(fc.string(), fc.integer()), (text, values) => {
        const read = readCondition(text)
        if (!read.ok) return
        expect([true, false, null]).toContain(
          holds(read.condition, { values: new Map(Object.entries(values)), output: text }),
        )
      }),
    )
  })

  it('tells what it asks for', () => {
    const read = readCondition('size > limit && state == done && depth < before.depth')
    expect(read.ok && namesIn(read.condition)).toEqual(['size', 'state', 'depth', 'before.depth'])
  })
})
