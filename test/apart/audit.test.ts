import { afterEach, describe, expect, it } from 'vitest'
import { audit, type AuditInput, type Finding, UNKNOWN_HOST } from '../../src/audit/engine.ts'
import { mend } from '../../src/audit/mend.ts'
import { MIB } from '../../src/model/bytes.ts'
import { inside, serviceWith } from '../support/audited.ts'
import { requireParts } from '../support/parts.ts'

const { says, end } = inside()
afterEach(end)

function found(input: AuditInput): readonly Finding[] {
  return audit([input]).findings
}

const ids = (input: AuditInput): string[] => found(input).map(({ rule }) => rule.id)

/** The value of the variable once the file is mended. */
function mendedOptions(input: AuditInput, variable: string): string {
  const text = mend([input], UNKNOWN_HOST)[0]?.after.file.text ?? ''
  return new RegExp(`${variable}: (.*)`).exec(text)?.[1] ?? ''
}

describe.skipIf(requireParts('root'))(
  'what the rules say of Node.js, held against a real one',
  () => {
    const PRINT = 'process.stdout.write(String(require("v8").getHeapStatistics().heap_size_limit))'

    async function heapOf(limitMib: number, options: readonly string[]): Promise<number> {
      const { text } = await says(limitMib, [process.execPath, ...options, '-e', PRINT])
      return Number(text)
    }

    it.each([128, 200, 256])(
      'N01: in %d MiB the heap may grow past the limit, and mended it may not',
      async (limit) => {
        const input = serviceWith('LANG', 'C', limit, '[node, server.js]')
        expect(ids(input)).toEqual(['N01'])
        expect(await heapOf(limit, [])).toBeGreaterThan(limit * MIB)
        const option = mendedOptions(input, 'NODE_OPTIONS')
        expect(await heapOf(limit, [option])).toBeLessThan(limit * MIB)
      },
    )

    it('N02: the option is taken as it is, above the limit too, and mended it fits', async () => {
      const input = serviceWith(
        'NODE_OPTIONS',
        '--max-old-space-size=2048',
        512,
        '[node, server.js]',
      )
      expect(found(input).map(({ rule, severity }) => `${rule.id} ${severity}`)).toEqual([
        'N02 critical',
      ])
      expect(await heapOf(512, ['--max-old-space-size=2048'])).toBeGreaterThan(512 * MIB)
      expect(await heapOf(512, [mendedOptions(input, 'NODE_OPTIONS')])).toBeLessThan(512 * MIB)
    })

    it('N03: the heap stays at about 2 GiB of 8 GiB', async () => {
      const input = serviceWith('LANG', 'C', 8192, '[node, server.js]')
      expect(found(input)[0]?.message).toContain('at about 2 GiB')
      const heap = await heapOf(8192, [])
      expect(heap).toBeGreaterThan(2000 * MIB)
      expect(heap).toBeLessThan(2500 * MIB)
    })
  },
)

describe.skipIf(requireParts('root', 'java'))(
  'what the rules say of Java, held against a real one',
  () => {
    async function maxHeap(limitMib: number, options: string): Promise<number | null> {
      const words = options === '' ? [] : options.split(' ')
      const { text } = await says(limitMib, ['java', ...words, '-XX:+PrintFlagsFinal', '-version'])
      const heap = / MaxHeapSize +:?= (\d+)/.exec(text)?.[1]
      return heap === undefined ? null : Number(heap)
    }

    it('J01: the JVM starts with a heap above its limit, without a word', async () => {
      expect(ids(serviceWith('JAVA_TOOL_OPTIONS', '-Xmx1g', 256, '[java, -jar, a.jar]'))).toEqual([
        'J01',
      ])
      expect(await maxHeap(256, '-Xmx1g')).toBe(1024 * MIB)
    })

    it.each([128, 200, 240])(
      'J05: in %d MiB the percentage changes nothing, and mended it does',
      async (limit) => {
        const option = '-XX:MaxRAMPercentage=75'
        const input = serviceWith('JAVA_TOOL_OPTIONS', option, limit, '[java, -jar, a.jar]')
        expect(ids(input)).toEqual(['J05'])
        expect(await maxHeap(limit, option)).toBe(await maxHeap(limit, ''))
        const heap = await maxHeap(limit, mendedOptions(input, 'JAVA_TOOL_OPTIONS'))
        expect(Math.abs((heap ?? 0) - limit * MIB * 0.75)).toBeLessThanOrEqual(2 * MIB)
      },
    )

    it.each([256, 300, 1024])(
      'J05: in %d MiB the percentage is not found fault with, and has its effect',
      async (limit) => {
        const option = '-XX:MaxRAMPercentage=70'
        expect(ids(serviceWith('JAVA_TOOL_OPTIONS', option, limit, '[java, -jar, a.jar]'))).toEqual(
          [],
        )
        expect(await maxHeap(limit, option)).toBeGreaterThan((await maxHeap(limit, '')) ?? Infinity)
      },
    )

    it('J06: without an option the heap is what the message says', async () => {
      const [finding] = found(serviceWith('LANG', 'C', 2048, '[java, -jar, a.jar]'))
      expect(finding?.rule.id).toBe('J06')
      expect(finding?.message).toContain('512 MiB')
      expect(await maxHeap(2048, '')).toBe(512 * MIB)
    })

    it('J07: the JVM does not read JAVA_OPTS', async () => {
      expect(ids(serviceWith('JAVA_OPTS', '-Xmx100m', 256, '[java, -jar, a.jar]'))).toEqual(['J07'])
      const print = 'exec java -XX:+PrintFlagsFinal -version'
      const { text } = await says(256, ['sh', '-c', `JAVA_OPTS=-Xmx100m ${print}`])
      expect(text).not.toContain(String(100 * MIB))
    })

    it('J08: the percentage beside -Xmx does nothing, and mended nothing changes', async () => {
      const options = '-Xmx100m -XX:MaxRAMPercentage=70'
      const input = serviceWith('JAVA_TOOL_OPTIONS', options, 512, '[java, -jar, a.jar]')
      expect(ids(input)).toEqual(['J08'])
      expect(mendedOptions(input, 'JAVA_TOOL_OPTIONS')).toBe('-Xmx100m')
      expect(await maxHeap(512, options)).toBe(100 * MIB)
    })

    it.each(['-XX:+UseCGroupMemoryLimitForHeap', '-XX:MaxPermSize=64m'])(
      'J09: the JVM does not start with %s, and mended it does',
      async (flag) => {
        const input = serviceWith(
          'JAVA_TOOL_OPTIONS',
          `-Xmx100m ${flag}`,
          512,
          '[java, -jar, a.jar]',
        )
        expect(ids(input)).toEqual(['J09'])
        expect((await says(512, ['java', flag, '-version'])).code).toBe(1)
        expect(await maxHeap(512, mendedOptions(input, 'JAVA_TOOL_OPTIONS'))).toBe(100 * MIB)
      },
    )

    it('J09: MaxRAMFraction and the percentage in its place are the same heap', async () => {
      const input = serviceWith(
        'JAVA_TOOL_OPTIONS',
        '-XX:MaxRAMFraction=2',
        1024,
        '[java, -jar, a.jar]',
      )
      expect(ids(input)).toEqual(['J09'])
      expect(await maxHeap(1024, mendedOptions(input, 'JAVA_TOOL_OPTIONS'))).toBe(
        await maxHeap(1024, '-XX:MaxRAMFraction=2'),
      )
    })

    it('J10: without container support the limit is not seen', async () => {
      const option = '-XX:-UseContainerSupport'
      expect(ids(serviceWith('JAVA_TOOL_OPTIONS', option, 512, '[java, -jar, a.jar]'))).toEqual([
        'J10',
      ])
      expect(await maxHeap(512, option)).toBeGreaterThan(512 * MIB)
    })
  },
)
