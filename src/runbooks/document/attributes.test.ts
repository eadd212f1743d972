import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readAttributes } from './attributes.ts'

const NAMES = fc.uniqueArray(fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,10}$/), { maxLength: 6 })

describe('attributes of a fence', () => {
  it('are what was written, whatever the values hold', () => {
    fc.assert(
      fc.property(NAMES, fc.array(fc.string(), { minLength: 6, maxLength: 6 }), (names, values) => {
        const written = names.map(
          (name, at) => `${name}="${(values[at] ?? '').replaceAll('"', '""')}"`,
        )
        const read = readAttributes(`{${written.join(', ')}}`)
        expect(read).toEqual({
          ok: true,
          attributes: new Map(names.map((name, at) => [name, values[at] ?? ''])),
        })
      }),
    )
  })

  it('are read or refused, and never fail', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const read = readAttributes(text)
        if (!read.ok) expect(read.at).toBeLessThanOrEqual(text.length)
      }),
    )
  })

  it.each([
    ['{id=size kind=check', 'the attributes do not end with }'],
    ['{id=a, id=b}', "'id' stands there twice"],
    ['{problemIf="size > 1}', "'problemIf' has no value that ends"],
    ['{=x}', "no attribute begins with '='"],
    ['{id=a} more', "'more' stands behind }"],
  ])('%s: %s', (text, says) => {
    expect(readAttributes(text)).toMatchObject({ ok: false, says })
  })

  it('are none without braces', () => {
    expect(readAttributes('title="x"')).toEqual({ ok: true, attributes: new Map() })
  })
})
