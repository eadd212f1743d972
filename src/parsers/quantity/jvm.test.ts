import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readJvmSize, writeJvmSize } from './jvm.ts'

// What `java -Xmx… -XX:+PrintFlagsFinal -version` of JDK 17 took and refused.
describe("a size in the JVM's dialect", () => {
  it.each([
    ['512m', 536_870_912],
    ['512M', 536_870_912],
    ['524288k', 536_870_912],
    ['1g', 1_073_741_824],
    ['1t', 2 ** 40],
    ['536870912', 536_870_912],
    ['0x20000000', 536_870_912],
    ['0x200m', 536_870_912],
    ['0', 0],
  ])('%s is %d bytes', (text, bytes) => {
    expect(readJvmSize(text)).toBe(bytes)
  })

  it.each(['', '1.5g', '512mb', '512Mi', '=512m', '-1', '+512m', ' 512m', '512 m', 'm', '0x'])(
    'the JVM does not start with %j',
    (text) => {
      expect(readJvmSize(text)).toBeNull()
    },
  )

  it('is none where no machine has it', () => {
    expect(readJvmSize('99999999999999999999t')).toBeNull()
    expect(readJvmSize('1048576t')).toBeNull()
    expect(readJvmSize('1048575t')).toBe(1_048_575 * 2 ** 40)
  })

  it('is written in the largest unit that keeps it whole, and read back as it was', () => {
    expect(writeJvmSize(240 * 2 ** 20)).toBe('240M')
    expect(writeJvmSize(2 ** 30)).toBe('1G')
    expect(writeJvmSize(72_000_000)).toBe('70312K')
    expect(writeJvmSize(1_023)).toBe('0')
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 45 }), (bytes) => {
        expect(readJvmSize(writeJvmSize(bytes))).toBe(bytes - (bytes % 1_024))
      }),
    )
  })

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const bytes = readJvmSize(text)
        expect(bytes === null || (Number.isInteger(bytes) && bytes >= 0)).toBe(true)
      }),
    )
  })
})
