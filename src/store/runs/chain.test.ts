import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readChain, sealed, START } from './chain.ts'

const events = fc.array(fc.record({ kind: fc.string(), step: fc.string() }), {
  minLength: 2,
  maxLength: 20,
})

function linesOf(all: readonly object[]): string[] {
  let head = START
  return all.map((event, at) => {
    const next = sealed(event, at + 1, head)
    head = next.head
    return next.line
  })
}

describe('a chain of lines', () => {
  it('gives back what was put in, whatever it is, and without what a crash has cut', () => {
    fc.assert(
      fc.property(events, fc.nat(), (all, cut) => {
        const text = linesOf(all).join('')
        expect(readChain(text)).toMatchObject({ events: all, broken: null })
        const torn = text.slice(0, text.length - 1 - (cut % (linesOf(all).at(-1) ?? '').length))
        const read = readChain(torn)
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
          const { broken, events: trusted } = readChain(lines.join(''))
          expect(broken).not.toBeNull()
          expect(trusted.length).toBeLessThanOrEqual(at + 1)
        },
      ),
    )
  })
})
