import { describe, expect, it } from 'vitest'
import { recordedJvm } from '../../../../test/support/recorded-jvm.ts'
import { GIB, KIB, MIB } from '../../../model/bytes.ts'
import { jvmSettings, optionWords } from './flags.ts'

describe('what bounds a JVM', () => {
  it.each(['8-g1', '11-g1', '17-g1', '21-g1', '25-g1', '28-g1'])('by the flags of %s', (name) => {
    const { text, process } = recordedJvm(name)
    const settings = jvmSettings(text('flags'), optionWords(process.command, null))
    expect(settings.heap).toEqual({ bytes: 256 * MIB, by: '-Xmx256m', setByFlag: true })
    expect(settings.metaspace).toMatchObject({ bytes: null, by: 'MaxMetaspaceSize is unlimited' })
    expect(settings.direct).toMatchObject({ bytes: 256 * MIB, setByFlag: false })
    expect(settings.code?.by).toBe('the default of ReservedCodeCacheSize')
    expect(settings.stackBytes).toBe(MIB)
  })

  it("says that a heap is nobody's choice", () => {
    expect(
      jvmSettings('   size_t MaxHeapSize   = 1073741824   {product} {ergonomic}', []).heap,
    ).toEqual({
      bytes: GIB,
      by: 'the default for the memory it sees',
      setByFlag: false,
    })
  })

  it('takes the last word, where the JVM itself does not tell', () => {
    const words = optionWords(
      ['java', '-Xmx1g', '-Xss512k', '-Xmx2g', '-XX:ReservedCodeCacheSize=64m', '-jar', 'a.jar'],
      'JAVA_TOOL_OPTIONS=-Xmx4g -XX:MaxMetaspaceSize=96m\nOTHER=-Xmx9g',
    )
    expect(jvmSettings(null, words)).toMatchObject({
      heap: { bytes: 2 * GIB, by: '-Xmx2g' },
      metaspace: { bytes: 96 * MIB },
      code: { bytes: 64 * MIB },
      direct: { bytes: 2 * GIB, setByFlag: false },
      stackBytes: 512 * KIB,
      stackBy: '-Xss512k',
    })
  })

  it('tells no size where a share is set, and none where nothing is known', () => {
    expect(jvmSettings(null, ['-XX:MaxRAMPercentage=75']).heap).toBeNull()
    expect(jvmSettings(null, ['-Xmxlots'])).toMatchObject({
      heap: null,
      metaspace: null,
      code: null,
      direct: null,
      stackBytes: null,
    })
    const told = jvmSettings('   size_t MaxHeapSize  = 1000  {product}', [
      '-XX:MaxRAMPercentage=75',
    ])
    expect(told.heap?.by).toBe('-XX:MaxRAMPercentage=75')
  })
})
