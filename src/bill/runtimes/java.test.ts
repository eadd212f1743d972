import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { processState } from '../../../test/support/incident.ts'
import { damaged } from '../../../test/support/damage.ts'
import { RECORDED_JVMS, recordedJvm, viewOfJvm } from '../../../test/support/recorded-jvm.ts'
import type { Changes } from '../../../test/support/recorded-jvm.ts'
import type { RuntimeItem, RuntimeView } from '../../model/bill.ts'
import { GIB, MIB } from '../../model/bytes.ts'
import { java } from './java.ts'

const G1 = ['8-g1', '11-g1', '17-g1', '21-g1', '25-g1', '28-g1']
const TRACKED = RECORDED_JVMS.filter((name) => !/untracked|disabled/.test(name))

function viewOf(name: string, changes: Changes = {}): RuntimeView {
  const view = viewOfJvm(recordedJvm(name), changes)
  if (view === null) throw new Error(`${name} is no JVM`)
  return view
}

function item(view: RuntimeView, name: string): RuntimeItem | undefined {
  return view.items.find((one) => one.name === name)
}

function mib(view: RuntimeView, name: string): number {
  return (item(view, name)?.bytes ?? Number.NaN) / MIB
}

function findings(name: string, changes: Changes = {}): string {
  return viewOf(name, changes).findings.join('\n')
}

describe('a JVM that tracks its native memory', () => {
  it.each(TRACKED)('%s: its items are what is resident, but for a twentieth', (name) => {
    const view = viewOf(name)
    const sum = view.items.reduce((all, { bytes }) => all + (bytes ?? 0), 0)
    const resident = view.residentBytes ?? 0
    expect(sum + (view.unattributedBytes ?? Number.NaN)).toBe(resident)
    // smaps and smaps_rollup are read one after the other.
    expect(Math.abs(resident - (recordedJvm(name).process.pssBytes ?? 0))).toBeLessThan(2 * MIB)
    // What native libraries take, nobody tells: see below.
    if (name !== '17-native')
      expect(Math.abs((view.unattributedBytes ?? 0) / resident)).toBeLessThan(0.05)
    for (const { bytes } of view.items) expect(bytes).toBeGreaterThanOrEqual(0)
  })

  it.each(G1)('%s: each area has what the program took', (name) => {
    const view = viewOf(name)
    expect(view.version).toMatch(
      new RegExp(`^OpenJDK ${name.split('-')[0]}(?:u\\d+|\\.[\\d.]+) \\(HotSpot\\)$`),
    )
    // 40 MiB live, 40 MiB of garbage.
    expect(mib(view, 'heap')).toBeGreaterThan(40)
    expect(mib(view, 'heap')).toBeLessThan(130)
    expect(item(view, 'heap')).toMatchObject({ capBytes: 256 * MIB, cap: '-Xmx256m' })
    expect(mib(view, 'direct buffers')).toBeGreaterThan(19)
    expect(mib(view, 'direct buffers')).toBeLessThan(name === '8-g1' ? 27 : 21)
    // 500 copies of a class.
    expect(mib(view, 'metaspace')).toBeGreaterThan(4)
    expect(item(view, 'metaspace')).toMatchObject({
      capBytes: null,
      cap: 'MaxMetaspaceSize is unlimited',
    })
    expect(item(view, 'code cache')?.capBytes).toBeGreaterThanOrEqual(240 * MIB)
    // 50 threads and more reserve 1 MiB each, and touch a tenth of it.
    const threads = item(view, 'threads')
    expect(threads?.reservedBytes).toBeGreaterThan(50 * MIB)
    expect(mib(view, 'threads')).toBeLessThan(10)
    expect(mib(view, 'programs and libraries')).toBeGreaterThan(5)
  })

  it('shows direct buffers and the flag that bounds them', () => {
    const view = viewOf('17-direct')
    expect(mib(view, 'direct buffers')).toBeCloseTo(150, 0)
    expect(item(view, 'direct buffers')).toMatchObject({
      capBytes: 200 * MIB,
      cap: '-XX:MaxDirectMemorySize=200m',
    })
    expect(view.findings.join()).not.toContain('Direct buffers')
    // Unset, they may take as much as the heap once more.
    expect(item(viewOf('17-g1'), 'direct buffers')?.capBytes).toBe(256 * MIB)
    expect(findings('17-g1')).toContain('may grow to 256 MiB, as much as the heap')
  })

  it('tells stacks that are reserved from those that are used', () => {
    const view = viewOf('17-threads')
    const threads = item(view, 'threads')
    expect(threads?.cap).toMatch(/^-Xss512k for each of 16\d threads$/)
    expect((threads?.reservedBytes ?? 0) / MIB).toBeGreaterThan(75)
    expect(mib(view, 'threads')).toBeLessThan(20)
    expect(view.findings.join()).toMatch(/16\d threads reserve \d\d.* address space and hold 1/)
  })

  it('tells stacks from what lies above them, also under kernels that make one region of both', () => {
    const view = viewOf('17-linux-5.10')
    expect(mib(view, 'threads')).toBeLessThan(6)
    expect(mib(view, 'direct buffers')).toBeCloseTo(10, 0)
  })

  it('counts the heap of ZGC once, which ps counts each time it is mapped', () => {
    const view = viewOf('17-zgc')
    expect(mib(view, 'heap')).toBeLessThan(40)
    expect(view.findings.join()).toMatch(/maps its heap [23] times: ps and top show/)
    expect(findings('25-zgc')).not.toContain('times')
  })

  it('counts what the collector touched of what it reserved, not what it committed', () => {
    const committed = /GC \(reserved=\d+KB, committed=(\d+)KB/.exec(
      recordedJvm('17-idle-heap').text('nmt'),
    )?.[1]
    expect(Number(committed)).toBeGreaterThan(30 * 1024)
    expect(mib(viewOf('17-idle-heap'), 'garbage collector')).toBeLessThan(15)
  })

  it('says that a heap is kept for later', () => {
    const view = viewOf('17-idle-heap')
    expect(mib(view, 'heap')).toBeCloseTo(300, 0)
    expect(view.findings.join()).toMatch(
      /The heap holds 300 MiB and its objects take \d\d\.\d MiB of it/,
    )
    expect(findings('17-g1')).not.toContain('keeps the rest')
  })

  it('says where the memory of native libraries is, as far as it can be told', () => {
    const view = viewOf('17-native')
    expect(mib(view, 'malloc beyond the JVM')).toBeGreaterThan(0)
    const left = view.unattributedBytes ?? 0
    expect(left + (item(view, 'malloc beyond the JVM')?.bytes ?? 0)).toBeGreaterThan(5 * MIB)
  })
})

describe('the bounds of a JVM', () => {
  it('the heap alone may exceed the limit', () => {
    expect(findings('17-g1', { limitBytes: 200 * MIB })).toMatch(
      /^The heap may grow to 256 MiB \(-Xmx256m\), and the limit is 200 MiB: the kernel kills it before Java can throw/,
    )
    expect(findings('17-g1', { limitBytes: 256 * MIB })).toContain('the kernel kills it before')
  })

  it('the heap and all the rest may', () => {
    expect(findings('17-g1', { limitBytes: 300 * MIB })).toMatch(
      /all the rest takes [78]\d(?:\.\d)? MiB now: 3\d\d MiB together, over the limit of 300 MiB\. With the rest as it is, -Xmx1\d\dm leaves an eighth of the limit free\./,
    )
  })

  it('little may be left', () => {
    expect(findings('17-g1', { limitBytes: 350 * MIB })).toMatch(
      /that leaves \d+(?:\.\d)? MiB of the limit of 350 MiB, less than an eighth/,
    )
  })

  it('all maximums together may exceed what fits now', () => {
    const text = findings('17-g1', { limitBytes: 600 * MIB })
    expect(text).toMatch(
      /^Each at its maximum, heap 256 MiB, direct buffers 256 MiB, code cache 240 MiB, metaspace .* make 7\d\d MiB; the limit is 600 MiB/,
    )
    expect(findings('17-g1', { limitBytes: GIB })).not.toContain('maximum')
    expect(findings('17-g1')).not.toContain('limit')
  })

  it('a budget of 912 MiB and the stacks leaves too little of 1 GiB', () => {
    const flags = [
      '-Xmx512m',
      '-XX:MaxDirectMemorySize=200m',
      '-XX:MaxMetaspaceSize=150m',
      '-XX:ReservedCodeCacheSize=50m',
    ]
    const budget = {
      limitBytes: GIB,
      answers: { flags: null },
      process: { command: ['java', ...flags, '-jar', 'app.jar'] },
    }
    expect(findings('17-g1', budget)).toMatch(
      /heap 512 MiB, direct buffers 200 MiB, code cache 50 MiB, metaspace 150 MiB, threads 5\.\d\d MiB make 917 MiB; the limit is 1 GiB/,
    )
  })

  it('advises no heap where nothing is left for one', () => {
    expect(findings('17-direct', { limitBytes: 150 * MIB })).toContain(
      'The limit is too small for what it holds beside the heap',
    )
  })
})

describe('a JVM that tells less', () => {
  it.each(['8-untracked', '17-untracked', '25-untracked'])(
    '%s: the regions alone tell its heap, code, stacks, classes and files',
    (name) => {
      const view = viewOf(name)
      expect(mib(view, 'heap')).toBeGreaterThan(20)
      expect(mib(view, 'metaspace')).toBeGreaterThan(0)
      expect(mib(view, 'code cache')).toBeGreaterThan(0.3)
      expect(mib(view, 'threads')).toBeGreaterThan(0.5)
      expect(mib(view, 'malloc arenas')).toBeGreaterThan(1)
      // 8 MiB of direct buffers and the collector's tables are in what is left.
      const left = (view.unattributedBytes ?? 0) / MIB
      expect(left).toBeGreaterThan(8)
      expect(left / ((view.residentBytes ?? 1) / MIB)).toBeLessThan(0.3)
      expect(view.findings.join()).toMatch(
        /Native Memory Tracking is off.*JAVA_TOOL_OPTIONS=-XX:NativeMemoryTracking=summary and restart; it costs/,
      )
    },
  )

  it('one that may not be attached to is told from outside', () => {
    const view = viewOf('17-attach-disabled')
    expect(view.version).toBeNull()
    expect(item(view, 'heap')).toMatchObject({ bytes: null, capBytes: 128 * MIB, cap: '-Xmx128m' })
    expect(mib(view, 'programs and libraries')).toBeGreaterThan(10)
    expect(view.findings.join()).toMatch(
      /could not be asked: its attach interface is off: -XX:\+DisableAttachMechanism/,
    )
    expect(view.findings.join()).not.toContain('Tracking is off')
    const sum = view.items.reduce((all, { bytes }) => all + (bytes ?? 0), 0)
    expect(sum + (view.unattributedBytes ?? 0)).toBe(view.residentBytes)
  })

  it('without smaps its items are what it committed, and there is no rest', () => {
    const view = viewOf('17-g1', { answers: { smaps: null } })
    expect(view.unattributedBytes).toBeNull()
    expect(view.residentBytes).toBe(recordedJvm('17-g1').process.pssBytes)
    expect(item(view, 'heap')?.source).toBe('NMT Java Heap, committed')
    expect(view.findings.join()).toContain(
      'What is resident is not known: it did not answer in time',
    )
  })

  it('OpenJ9 is told by its libraries, and how to ask it', () => {
    const smaps = recordedJvm('17-untracked')
      .text('smaps')
      .replaceAll('/lib/server/libjvm.so', '/lib/default/libj9vm29.so')
    const view = viewOf('17-untracked', { answers: { smaps, version: null, nmt: null } })
    expect(view.findings[0]).toMatch(/^This is OpenJ9, not HotSpot/)
    expect(view.findings.join()).toMatch(/Dump\.java.*three quarters/s)
  })

  it("a process with a JVM's options and no JVM in it is none", () => {
    const smaps = recordedJvm('17-untracked').text('smaps').replaceAll('libjvm.so', 'libother.so')
    expect(viewOfJvm(recordedJvm('17-untracked'), { answers: { smaps } })).toBeNull()
  })

  it('its options are read where its flags are not', () => {
    const changes = {
      answers: {
        flags: null,
        environment: 'JAVA_TOOL_OPTIONS=-Xmx1g -XX:MaxMetaspaceSize=64m\nMALLOC_ARENA_MAX=2',
      },
      process: { command: ['java', '-Xmx2g', '-XX:MaxDirectMemorySize=100m', '-jar', 'a.jar'] },
    }
    const view = viewOf('17-g1', changes)
    expect(item(view, 'heap')).toMatchObject({ capBytes: 2 * GIB, cap: '-Xmx2g' })
    expect(item(view, 'metaspace')?.capBytes).toBe(64 * MIB)
    expect(item(view, 'direct buffers')?.capBytes).toBe(100 * MIB)
    const last = { ...changes, answers: { flags: null, environment: '_JAVA_OPTIONS=-Xmx3g' } }
    expect(item(viewOf('17-g1', last), 'heap')?.cap).toBe('-Xmx3g')
  })
})

describe('which process is a JVM', () => {
  it.each([
    [{ executable: '/usr/lib/jvm/java-17/bin/java', command: ['x'] }, true],
    [{ executable: '/opt/jre/bin/java (deleted)', command: [] }, true],
    [{ executable: '/usr/bin/jsvc', command: ['jsvc.exec'] }, true],
    [{ executable: '/opt/app/bin/App', command: ['App', '-Xmx512m'] }, true],
    [{ executable: null, command: ['java', '-jar', 'a.jar'] }, true],
    [{ executable: '/usr/bin/node', command: ['node', 'java'] }, false],
    [{ executable: '/bin/sh', command: ['sh', '-c', 'exec java -Xmx512m'] }, false],
    [{ executable: '/usr/bin/javac-lookalike', command: ['x'] }, false],
  ])('%j: %s', (state, expected) => {
    expect(java.recognise(processState(state), [])).toBe(expected)
  })

  it('nothing is asked that stops or changes it', () => {
    const questions = java.questions(processState({}), [])
    const commands = questions.flatMap((one) => (one.kind === 'jvm' ? [one.command] : []))
    expect(commands).toEqual([
      'VM.version',
      'VM.flags -all',
      'GC.heap_info',
      'VM.metaspace basic',
      'VM.native_memory summary scale=KB',
    ])
  })
})

describe('whatever a JVM answers', () => {
  it('the view never fails, and its sum holds', () => {
    const jvm = recordedJvm('17-g1')
    const answer = (id: string) =>
      fc.option(damaged([jvm.text(id), recordedJvm('8-g1').text(id)]), { nil: null })
    fc.assert(
      fc.property(
        fc.record({
          nmt: answer('nmt'),
          heap: answer('heap'),
          flags: answer('flags'),
          smaps: answer('smaps'),
          version: answer('version'),
        }),
        fc.option(fc.integer({ min: MIB, max: GIB }), { nil: undefined }),
        (answers, limitBytes) => {
          const view = viewOfJvm(jvm, {
            answers,
            ...(limitBytes === undefined ? {} : { limitBytes }),
          })
          if (view === null || view.unattributedBytes === null) return
          const sum = view.items.reduce((all, { bytes }) => all + (bytes ?? 0), 0)
          const off = sum + view.unattributedBytes - (view.residentBytes ?? 0)
          expect(Math.abs(off)).toBeLessThan(1)
          for (const { bytes } of view.items) expect(bytes === null || bytes >= 0).toBe(true)
        },
      ),
      { numRuns: 150 },
    )
  })
})
