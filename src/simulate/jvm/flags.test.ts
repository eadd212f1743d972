import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GIB, MIB } from '../../model/bytes.ts'
import { readJvmFlags } from './flags.ts'

describe('JVM options', () => {
  // Measured with `java … -XX:+PrintFlagsFinal -version` of JDK 17.
  it.each([
    ['-Xmx512m', { maxHeapBytes: 512 * MIB }],
    ['-mx300m', { maxHeapBytes: 300 * MIB }],
    ['-XX:MaxHeapSize=512m', { maxHeapBytes: 512 * MIB }],
    ['-Xmx256m -XX:MaxHeapSize=512m', { maxHeapBytes: 512 * MIB }],
    ['-XX:MaxHeapSize=512m -Xmx256m', { maxHeapBytes: 256 * MIB }],
    ['-Xms100m -Xmx300m', { initialHeapBytes: 100 * MIB, maxHeapBytes: 300 * MIB }],
    ['-Xss512k', { stackBytes: 512 * 1024 }],
    ['-ss512k', { stackBytes: 512 * 1024 }],
    ['-XX:ThreadStackSize=512', { stackBytes: 512 * 1024 }],
    ['-XX:ThreadStackSize=1m', { stackBytes: GIB }],
    ['-XX:MaxMetaspaceSize=256m', { maxMetaspaceBytes: 256 * MIB }],
    ['-XX:ReservedCodeCacheSize=128m', { codeCacheBytes: 128 * MIB }],
    ['-XX:MaxDirectMemorySize=256m', { directBytes: 256 * MIB }],
    ['-XX:MaxDirectMemorySize=0', { directBytes: null }],
    ['-XX:MaxRAMPercentage=75.5', { maxRamPercentage: 75.5 }],
    ['-XX:MaxRAMFraction=2', { maxRamFraction: 2 }],
    ['-XX:+UseG1GC -XX:-UseSerialGC', { collector: 'g1' }],
    ['-Xint', { tiered: false }],
    ['-XX:TieredStopAtLevel=1', { tiered: false }],
    ['-XX:-TieredCompilation', { tiered: false }],
    ['-XX:-UseContainerSupport', { containerSupport: false }],
  ])('%s', (text, flags) => {
    expect(readJvmFlags(text)).toMatchObject({ flags, refused: [] })
  })

  it.each([
    '-Xmx1.5g',
    '-Xmx512mb',
    '-Xmx',
    '-Xmx-1',
    '-XX:MaxHeapSize=',
    '-XX:MaxRAMPercentage=101',
    '-XX:MaxRAMPercentage=much',
  ])('%s is refused, as the JVM does', (word) => {
    expect(readJvmFlags(`-ea ${word}`).refused).toEqual([word])
  })

  it('are found among the others, quoted or not', () => {
    const text = `-Dname="a b -Xmx1g" '-Xmx512m' -javaagent:/a.jar -XX:+HeapDumpOnOutOfMemoryError`
    const { flags, setBy, ignored } = readJvmFlags(text)
    expect(flags.maxHeapBytes).toBe(512 * MIB)
    expect([...setBy]).toEqual([['maxHeapBytes', '-Xmx512m']])
    expect(ignored).toBe(3)
  })

  it('end where the program begins', () => {
    const lines = [
      '/usr/bin/java -cp lib/* -Xmx1g Main -Xmx2g',
      'java -Xmx1g -jar app.jar -Xmx2g',
      'java -Xmx1g -m app/app.Main -Xmx2g',
    ]
    for (const line of lines) expect(readJvmFlags(line).flags.maxHeapBytes).toBe(GIB)
    expect(readJvmFlags('Picked up JAVA_TOOL_OPTIONS: -Xmx1g').flags.maxHeapBytes).toBe(GIB)
  })

  it('never throw', () => {
    const near = fc.stringMatching(/^(-X(mx|ms|ss)|-XX:[+-]?(MaxRAM|Use\w{0,9})=?)\w{0,9} ?["']?$/)
    fc.assert(
      fc.property(fc.array(fc.oneof(near, fc.string())), (words) => {
        const { flags } = readJvmFlags(words.join(' '))
        for (const value of Object.values(flags)) expect(value).not.toBeNaN()
      }),
    )
  })
})
