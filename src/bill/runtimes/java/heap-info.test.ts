import { describe, expect, it } from 'vitest'
import { RECORDED_JVMS, recordedJvm } from '../../../../test/support/recorded-jvm.ts'
import { KIB, MIB } from '../../../model/bytes.ts'
import { parseHeapInfo, parseMetaspace } from './heap-info.ts'

const COLLECTORS: Readonly<Record<string, string>> = {
  g1: 'G1',
  parallel: 'Parallel',
  serial: 'Serial',
  shenandoah: 'Shenandoah',
  zgc: 'ZGC',
}
const TOLD = RECORDED_JVMS.flatMap((name) => {
  const collector = COLLECTORS[name.split('-')[1] ?? '']
  return collector === undefined ? [] : [{ name, collector }]
})

describe('GC.heap_info', () => {
  it.each(TOLD)('of $name: $collector, its range and its objects', ({ name, collector }) => {
    const { text, process } = recordedJvm(name)
    const heap = parseHeapInfo(text('heap'))
    expect(heap?.collector).toBe(collector)
    const max = Number(/-Xmx(\d+)m/.exec(process.command.join(' '))?.[1]) * MIB
    if (collector === 'ZGC') expect(heap?.range).toBeNull()
    else expect((heap?.range?.end ?? 0) - (heap?.range?.start ?? 0)).toBe(max)
    expect(heap?.usedBytes).toBeGreaterThan(20 * MIB)
    expect(heap?.usedBytes).toBeLessThan(max)
  })

  it('takes a heap of one space', () => {
    // As JDK 17 prints it with -XX:+UseEpsilonGC.
    const text = `Epsilon Heap
Allocation space:
 space 65536K,   4% used [0x00000000fc000000, 0x00000000fc2b10f8, 0x0000000100000000)
 Metaspace       used 128K, committed 320K, reserved 1114112K
  class space    used 3K, committed 128K, reserved 1048576K
`
    expect(parseHeapInfo(text)).toEqual({
      collector: 'Epsilon',
      range: { start: 0xfc000000, end: 0x100000000 },
      usedBytes: null,
    })
  })

  it('is null for any other text', () => {
    expect(parseHeapInfo('')).toBeNull()
    expect(parseHeapInfo('java.lang.IllegalArgumentException: x')).toBeNull()
    expect(parseHeapInfo('[0x0000000000000002, 0x0000000000000001)')).toBeNull()
  })
})

describe('metaspace', () => {
  it('is told with the heap up to JDK 24, and by a command of its own since JDK 11', () => {
    const old = recordedJvm('8-g1').text('heap')
    expect(parseMetaspace(old, null)?.capacityBytes).toBeGreaterThan(4 * MIB)
    const [heap, own] = ['heap', 'metaspace'].map((id) => recordedJvm('25-g1').text(id))
    expect(parseMetaspace(heap ?? null)).toBeNull()
    const metaspace = parseMetaspace(heap ?? null, own ?? null)
    expect(metaspace?.capacityBytes).toBeNull()
    expect(metaspace?.usedBytes).toBeGreaterThan(MIB)
    expect(metaspace?.committedBytes).toBeGreaterThan(metaspace?.usedBytes ?? Infinity)
    expect(metaspace?.reservedBytes).toBe(1114112 * KIB)
  })
})
