import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MIB } from '../../../model/bytes.ts'
import { nodeFlags } from './flags.ts'
import { heapLimit } from './heap-limit.ts'
import { readsOwnGroup } from './memory-seen.ts'

interface Measured {
  version: { major: number; minor: number }
  /** What that version saw: of Node 18 the group is not seen. */
  memoryBytes: number
  flags: string
  options: string
  heapLimitBytes: number
}

const MEASURED = readFileSync(
  new URL('../../../../fixtures/runtimes/node/heap-limits.tsv', import.meta.url),
  'utf8',
)
  .split('\n')
  .filter((line) => line.startsWith('v'))
  .map((line): Measured => {
    const [name = '', limit, soft, machine, flags = '', options = '', bytes] = line.split('\t')
    const [major = 0, minor = 0] = name.slice(1).split('.').map(Number)
    const seen = [limit, soft].filter((word) => word !== '-' && readsOwnGroup({ major, minor }))
    return {
      version: { major, minor },
      memoryBytes: Math.min(...[...seen, machine].map(Number)),
      flags,
      options,
      heapLimitBytes: Number(bytes),
    }
  })

describe('the limit of a V8 heap', () => {
  it('was measured on five versions', () => {
    expect([...new Set(MEASURED.map(({ version }) => version.major))]).toEqual([18, 20, 22, 24, 26])
    expect(MEASURED.length).toBeGreaterThan(250)
  })

  it.each(MEASURED)(
    'is what V8 itself says: Node $version.major, $memoryBytes bytes, $flags, $options',
    ({ version, memoryBytes, flags, options, heapLimitBytes }) => {
      const read = nodeFlags(['node', ...flags.split(' ').filter(Boolean), 'app.js'], options)
      expect(heapLimit(read, version, memoryBytes)?.bytes).toBe(heapLimitBytes)
    },
  )

  const none = nodeFlags(['node', 'app.js'], null)

  it('is not known of a version that nobody measured, nor without the memory that it sees', () => {
    expect(heapLimit(none, { major: 23, minor: 1 }, 512 * MIB)).toBeNull()
    expect(heapLimit(none, { major: 22, minor: 1 }, null)).toBeNull()
    expect(heapLimit(none, null, 512 * MIB)).toBeNull()
  })

  it('is known of any version where a flag says it whole', () => {
    const flags = nodeFlags(['node', '--max-heap-size=300'], null)
    expect(heapLimit(flags, null, null)?.bytes).toBe(300 * MIB)
  })

  it('says where it comes from', () => {
    const set = nodeFlags(['node'], '--max-old-space-size=200')
    const version = { major: 22, minor: 1 }
    expect(heapLimit(set, version, 512 * MIB)?.says).toBe(
      '--max-old-space-size=200 (NODE_OPTIONS), and 3 MiB for young objects',
    )
    expect(heapLimit(none, version, 512 * MIB)?.says).toBe("V8's own choice where it sees 512 MiB")
  })

  it('never shrinks where there is more memory', () => {
    const major = fc.constantFrom(18, 20, 22, 24, 26)
    const size = fc.integer({ min: 1, max: 64 * 1024 })
    fc.assert(
      fc.property(major, size, size, (which, one, other) => {
        const version = { major: which, minor: 9 }
        const [less, more] = [Math.min(one, other), Math.max(one, other)]
        const small = heapLimit(none, version, less * MIB)?.bytes ?? NaN
        const large = heapLimit(none, version, more * MIB)?.bytes ?? NaN
        expect(small).toBeLessThanOrEqual(large)
      }),
    )
  })
})
