import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { audit } from '../../src/audit/engine.ts'
import { readSystemdSize } from '../../src/parsers/quantity/systemd.ts'
import { requireParts } from '../support/parts.ts'
import { readBySystemd } from '../support/systemd.ts'

const IGNORED = '7'

describe.skipIf(requireParts('root', 'systemd'))('what systemd of this machine reads', () => {
  const piece = fc.constantFrom(
    ...['1', '5', '0', '17', '512', '1.5', '.', 'M', 'G', 'K', 'B', 'T', ' ', '%', 'm', 'i', 'Mi'],
  )
  const sizes = fc
    .array(piece, { minLength: 1, maxLength: 5 })
    .map((parts) => parts.join('').trim())

  it('of a size is what we read, however it is put together', () => {
    const texts = fc.sample(sizes, 500).filter((text) => text !== '')
    const read = readBySystemd(
      texts.map((text) => `ExecStart=/bin/true\nMemoryMax=${IGNORED}\nMemoryMax=${text}`),
    )
    for (const [at, { limit }] of read.entries()) {
      const text = texts[at] ?? ''
      const size = readSystemdSize(text)
      const isShare = size?.kind === 'share' && size.share > 0
      const bytes = size?.kind === 'bytes' && size.bytes > 0 ? String(size.bytes) : IGNORED
      if (isShare)
        expect({ text, isIgnored: limit === IGNORED }).toEqual({ text, isIgnored: false })
      else expect({ text, limit }).toEqual({ text, limit: bytes })
    }
  })

  it('of a size that is mended is taken', () => {
    const texts = [
      '512Mi',
      '512MiB',
      '512MB',
      '512m',
      '1g',
      '1.5GiB',
      '2 GB',
      '"512M"',
      'unlimited',
    ]
    const mended = texts.map((text) => {
      const file = { path: 'web.service', text: `[Service]\nMemoryMax=${text}\n` }
      const [finding] = audit([{ file, variables: new Map(), isNamed: true }]).findings
      return finding?.edits[0]?.text ?? ''
    })
    const lines = mended.map(
      (text) => `ExecStart=/bin/true\nMemoryMax=${IGNORED}\nMemoryMax=${text}`,
    )
    for (const { limit } of readBySystemd(lines)) expect(limit).not.toBe(IGNORED)
  })
})
