import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readSystemdSize } from './systemd.ts'

const RECORDED = new URL('../../../fixtures/systemd/answers.json', import.meta.url)
const answers: { sizes: [text: string, bytes: string | null][] } = JSON.parse(
  readFileSync(RECORDED, 'utf8'),
)
const INFINITY = '18446744073709551615'
const MEMORY = Number(answers.sizes.find(([text]) => text === '100%')?.[1])

/** As systemd shows it: shares are counted in whole pages. */
function shown(text: string): string | null {
  const size = readSystemdSize(text)
  if (size === null) return null
  if (size.kind === 'infinity') return INFINITY
  if (size.kind === 'bytes') return size.bytes === 0 ? null : BigInt(size.bytes).toString()
  const bytes = Math.floor((MEMORY / 4096) * size.share) * 4096
  return bytes === 0 ? null : String(bytes)
}

describe("a size in systemd's dialect", () => {
  it.each(answers.sizes)('%s is what systemd 252 makes of it', (text, expected) => {
    expect(shown(text)).toBe(expected)
  })

  it('is the sum of its parts, from the largest unit to the smallest', () => {
    const part = fc.integer({ min: 0, max: 1000 })
    fc.assert(
      fc.property(part, part, part, (gibibytes, mebibytes, bytes) => {
        expect(readSystemdSize(`${gibibytes}G ${mebibytes}M ${bytes}`)).toEqual({
          kind: 'bytes',
          bytes: gibibytes * 2 ** 30 + mebibytes * 2 ** 20 + bytes,
        })
      }),
    )
  })

  it('is never negative, and never more than can be addressed, whatever the text is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[\d.KMG %]{0,20}$/)), (text) => {
        const size = readSystemdSize(text)
        if (size?.kind === 'bytes') expect(size.bytes >= 0 && size.bytes < 2 ** 64).toBe(true)
        if (size?.kind === 'share') expect(size.share >= 0 && size.share <= 1).toBe(true)
      }),
    )
  })
})
