import { describe, expect, test } from 'vitest'
import { GIB, KIB, MIB } from '../model/bytes.ts'
import {
  containerState,
  incident,
  podContainer,
  podState,
  processState,
  seen,
} from '../../test/support/incident.ts'
import { heapSetting, toldHeap } from './runtime-heap.ts'

function settingOf(command: readonly string[], env: readonly string[] = []) {
  return heapSetting(incident({ container: seen(containerState({ command, env })) }))
}

describe('a heap that was asked for', () => {
  test.each([
    [['java', '-Xmx1g'], [], { bytes: GIB, setBy: '-Xmx1g' }],
    [
      ['node', 'a.js'],
      ['NODE_OPTIONS=--max-old-space-size=300'],
      { bytes: 300 * MIB, setBy: '--max-old-space-size=300' },
    ],
    [['java', '-XX:MaxRAMPercentage=75'], [], null],
    [['java', '-jar', 'app.jar'], [], null],
    [['sleep', '1'], [], null],
  ])('%j with %j', (command, env, heap) => {
    expect(toldHeap(command, env)).toEqual(heap)
  })
})

describe('Java', () => {
  test.each([
    ['-Xmx400m', 400 * MIB],
    ['-Xmx2G', 2 * GIB],
    ['-Xmx524288k', 524_288 * KIB],
    ['-Xmx1048576', 1_048_576],
  ])('%s', (flag, maxHeapBytes) => {
    expect(settingOf(['/opt/jdk/bin/java', flag, '-jar', 'app.jar'])).toMatchObject({
      runtime: 'java',
      maxHeapBytes,
      setBy: flag,
    })
  })

  test('a share of the limit', () => {
    expect(settingOf(['java', '-XX:MaxRAMPercentage=75.0'])?.maxHeapBytes).toBe(75 * MIB)
  })

  test('a share of a limit that is not known is not guessed', () => {
    const process = seen(processState({ command: ['java', '-XX:MaxRAMPercentage=75'] }))
    expect(heapSetting(incident({ processes: [process] }))).toMatchObject({
      runtime: 'java',
      maxHeapBytes: null,
    })
  })

  test('a fixed size wins over a share', () => {
    const flags = ['java', '-Xmx40m', '-XX:MaxRAMPercentage=75']
    expect(settingOf(flags)?.maxHeapBytes).toBe(40 * MIB)
  })

  test('of several the last one counts', () => {
    expect(settingOf(['java', '-Xmx40m', '-Xmx60m'])?.setBy).toBe('-Xmx60m')
  })

  test('the command line wins over JAVA_TOOL_OPTIONS and loses to _JAVA_OPTIONS', () => {
    expect(settingOf(['java', '-Xmx50m'], ['JAVA_TOOL_OPTIONS=-Xmx900m'])?.setBy).toBe('-Xmx50m')
    expect(settingOf(['java', '-Xmx50m'], ['_JAVA_OPTIONS=-Xmx900m'])?.setBy).toBe('-Xmx900m')
    expect(settingOf(['java'], ['JAVA_TOOL_OPTIONS=-Xss1m -Xmx70m'])?.setBy).toBe('-Xmx70m')
  })

  test('inside a shell’s command line', () => {
    expect(settingOf(['sh', '-c', 'exec java -Xmx512m -jar app.jar'])?.setBy).toBe('-Xmx512m')
  })

  test('a word that merely ends like the flag is none', () => {
    expect(settingOf(['java', '-Dnote=no-Xmx512m'])?.maxHeapBytes).toBeNull()
  })
})

describe('Node.js', () => {
  test.each(['--max-old-space-size=300', '--max_old_space_size=300', '--max-old-space-size 300'])(
    '%s',
    (flag) => {
      expect(settingOf(['node', ...flag.split(' '), 'app.js'])).toMatchObject({
        runtime: 'node',
        maxHeapBytes: 300 * MIB,
        setBy: flag,
      })
    },
  )

  test('the command line wins over NODE_OPTIONS', () => {
    const env = ['NODE_OPTIONS=--max-old-space-size=900']
    expect(settingOf(['node', '--max-old-space-size=50'], env)?.maxHeapBytes).toBe(50 * MIB)
    expect(settingOf(['node'], env)?.maxHeapBytes).toBe(900 * MIB)
  })
})

test('a runtime without a setting is known as such', () => {
  expect(settingOf(['/usr/bin/node', 'app.js'])).toMatchObject({
    runtime: 'node',
    maxHeapBytes: null,
    setBy: null,
  })
})

test('another program has no heap that we know of', () => {
  expect(settingOf(['redis-server'])).toBeNull()
  expect(settingOf(['javac'])).toBeNull()
})

test('a manifest and a process tell it, too, and are named as the origin', () => {
  const container = podContainer({ env: ['JAVA_TOOL_OPTIONS=-Xmx64m'] })
  const pod = seen(podState({ containers: [container] }))
  expect(heapSetting(incident({ pod, podContainer: container }))).toMatchObject({
    maxHeapBytes: 64 * MIB,
    because: pod,
  })
  const process = seen(processState({ command: ['java', '-Xmx32m'] }))
  expect(heapSetting(incident({ processes: [process] }))?.because).toBe(process)
})
