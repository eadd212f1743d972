import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { linked, readChain, START } from './chain.ts'
import type { Seal } from './seal.ts'

const events = fc.array(fc.record({ kind: fc.string(), step: fc.string() }), {
  minLength: 2,
  maxLength: 20,
})

function linesOf(all: readonly object[]): string[] {
  let head = START
  return all.map((event, at) => {
    const next = linked(event, at + 1, head)
    head = next.head
    return next.line
  })
}

/** As if nothing had been synced yet. */
const NOTHING_SURE: Seal = { lines: 0, head: START }

function sealAfter(lines: readonly string[], count: number): Seal {
  return { lines: count, head: readChain(lines.slice(0, count).join(''), NOTHING_SURE).head }
}

describe('a chain of lines', () => {
  it('gives back what was put in, whatever it is, and without what a crash has cut', () => {
    fc.assert(
      fc.property(events, fc.nat(), (all, cut) => {
        const text = linesOf(all).join('')
        expect(readChain(text, NOTHING_SURE)).toMatchObject({ events: all, broken: null })
        const torn = text.slice(0, text.length - 1 - (cut % (linesOf(all).at(-1) ?? '').length))
        const read = readChain(torn, NOTHING_SURE)
        expect(read.broken).toBeNull()
        expect(all.slice(0, read.events.length)).toEqual(read.events)
      }),
    )
  })

  it('tells of a line that was changed, taken out or moved, and trusts nothing behind it', () => {
    fc.assert(
      fc.property(
        events,
        fc.nat(),
        fc.constantFrom('change', 'remove', 'swap'),
        (all, pick, how) => {
          const lines = linesOf(all)
          // The last line alone has nobody behind it who knows it.
          const at = pick % (lines.length - 1)
          if (how === 'change') lines[at] = linesOf([{ other: true }])[0] ?? ''
          else if (how === 'remove') lines.splice(at, 1)
          else lines.splice(at, 2, lines[at + 1] ?? '', lines[at] ?? '')
          const { broken, events: trusted } = readChain(lines.join(''), NOTHING_SURE)
          expect(broken).not.toBeNull()
          expect(trusted.length).toBeLessThanOrEqual(at + 1)
        },
      ),
    )
  })

  it('misses what was cut off its end, but for what was never sure to be on the disk', () => {
    fc.assert(
      fc.property(events, fc.nat(), fc.nat(), (all, sure, cut) => {
        const lines = linesOf(all)
        const seal = sealAfter(lines, sure % (lines.length + 1))
        const left = cut % (lines.length + 1)
        const { broken } = readChain(lines.slice(0, left).join(''), seal)
        if (left >= seal.lines) expect(broken).toBeNull()
        else
          expect(broken).toMatchObject({ line: left + 1, says: expect.stringMatching(/missing/) })
      }),
    )
  })

  it('knows a journal that somebody has written anew from its beginning', () => {
    const lines = linesOf([{ did: 'this' }, { did: 'that' }])
    const forged = linesOf([{ did: 'this' }, { did: 'something else' }])
    const { broken, events: trusted } = readChain(forged.join(''), sealAfter(lines, 2))
    expect(broken).toMatchObject({ line: 2 })
    expect(trusted).toEqual([{ did: 'this' }])
    expect(readChain(lines.join(''), null).broken).not.toBeNull()
  })
})
