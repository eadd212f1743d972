import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { processState } from '../../../test/support/incident.ts'
import { recordedProgram } from '../../../test/support/programs.ts'
import type { RecordedProgram } from '../../../test/support/programs.ts'
import { itemBytes, processesOf, viewIn, viewsIn } from '../../../test/support/servers.ts'
import { MIB } from '../../model/bytes.ts'
import type { RuntimeView } from '../../model/bill.ts'
import { GO_MARK, goBuild } from './go/build.ts'
import { goSettings } from './go/settings.ts'
import { go } from './go.ts'
import { viewsOf } from './views.ts'

const HEAP = 'Go heap'
const OTHER = 'Go runtime'

describe.each(['1.19', '1.26'])('Go %s', (version) => {
  const recorded = (scene: string): RecordedProgram => recordedProgram(`go/${version}-${scene}`)

  it.each(['slices', 'mapped', 'freed', 'stacks'])(
    'is accounted for to the last byte: %s',
    (scene) => {
      const view = viewIn(recorded(scene))
      expect(view.version).toMatch(new RegExp(`^Go ${version}\\.\\d+$`))
      expect(view.items.reduce((sum, { bytes }) => sum + (bytes ?? NaN), 0)).toBe(
        view.residentBytes,
      )
      expect(view.unattributedBytes).toBe(0)
    },
  )

  it.each(['slices', 'freed', 'stacks'])(
    'has the heap and the stacks that its runtime counts, within 1 MiB: %s',
    (scene) => {
      const { truth, ...rest } = recorded(scene)
      const counted = (truth['heap'] ?? NaN) + (truth['stacks'] ?? NaN)
      expect(Math.abs(itemBytes(viewIn(rest), HEAP) - counted)).toBeLessThan(MIB)
    },
  )

  it('has what was mapped past its heap apart', () => {
    const view = viewIn(recorded('mapped'))
    expect(itemBytes(view, HEAP)).toBeLessThan(MIB)
    expect(itemBytes(view, OTHER)).toBeGreaterThanOrEqual(32 * MIB)
    expect(itemBytes(view, OTHER)).toBeLessThan(34 * MIB)
    expect(view.findings.join('\n')).toMatch(/^3\d\.?\d? MiB is not Go's heap: mmap took it/m)
  })
})

it('has what C code took apart', () => {
  const view = viewIn(recordedProgram('go/1.26-cgo-malloc'))
  expect(itemBytes(view, 'C code')).toBeGreaterThanOrEqual(32 * MIB)
  expect(itemBytes(view, 'C code')).toBeLessThan(33 * MIB)
  expect(view.findings.join('\n')).toMatch(/^32 MiB is not Go's heap: C code \(cgo\) or mmap/m)
})

/** A recording under this limit, with these answers in the place of its own. */
function changed(
  name: string,
  limitMib: number | null,
  texts: Readonly<Record<string, string>>,
): RuntimeView {
  const recorded = recordedProgram(name)
  const answers = recorded.answers.map((answer) => {
    const text = texts[answer.id]
    return answer.ok && text !== undefined ? { ...answer, text } : answer
  })
  return viewIn({ ...recorded, answers, limitBytes: limitMib === null ? null : limitMib * MIB })
}

const slices = (limitMib: number | null, environment: string): string =>
  changed('go/1.26-slices', limitMib, { environment }).findings.join('\n')

describe('what stands out in a Go process', () => {
  it('is no GOMEMLIMIT under a limit', () => {
    expect(slices(512, '')).toContain(
      'GOMEMLIMIT is not set: the heap may grow to 2 times what is alive, whatever the limit of 512 MiB. Set GOMEMLIMIT=460MiB',
    )
    expect(slices(512, 'GOGC=50')).toContain('may grow to 1.5 times')
    expect(slices(512, 'GOGC=off')).toContain('GOGC=off: the heap is never collected, whatever')
    expect(slices(null, '')).toBe('')
    expect(slices(null, 'GOGC=off')).toBe(
      'GOGC=off without GOMEMLIMIT: the heap is never collected.',
    )
  })

  it('is a GOMEMLIMIT without headroom, or above the limit', () => {
    expect(slices(512, 'GOMEMLIMIT=460MiB')).toBe('')
    expect(slices(512, 'GOMEMLIMIT=500MiB')).toMatch(
      /^GOMEMLIMIT=500MiB and .* less than 5 % of the limit of 512 MiB.*Set GOMEMLIMIT=460MiB/,
    )
    expect(slices(512, 'GOMEMLIMIT=1GiB')).toMatch(
      /^GOMEMLIMIT=1GiB is no less than the limit of 512 MiB: the kernel kills before/,
    )
  })

  it('is C memory, for which the advice leaves room', () => {
    const { findings } = changed('go/1.26-cgo-malloc', 512, { environment: '' })
    expect(findings[0]).toContain('Set GOMEMLIMIT=428MiB')
  })

  it('is another process below the same limit, for which the advice leaves room', () => {
    const recorded = recordedProgram('go/1.26-slices')
    const other = processState({ pid: 1, pssBytes: 100 * MIB })
    const processes = [...processesOf(recorded.processes), other]
    const [view] = viewsOf(processes, recorded.answers, 512 * MIB)
    expect(view?.findings[0]).toContain('Set GOMEMLIMIT=360MiB')
  })

  it('is no advice where nothing fits', () => {
    const { findings } = changed('go/1.26-cgo-malloc', 40, { environment: '' })
    expect(findings[0]).toContain('raise the limit')
  })

  it('is a heap at its goal', () => {
    expect(slices(512, 'GOMEMLIMIT=34MiB')).toMatch(/33\.\d MiB\) is at its goal, GOMEMLIMIT=34MiB/)
    expect(slices(512, 'GOMEMLIMIT=64MiB')).toBe('')
  })

  it('is a module that sets the limit', () => {
    const info = 'path\tapp\ndep\tgithub.com/KimMachineGun/automemlimit\tv0.7.4\th1:x\n'
    const texts = { build: buildText('go1.22.1', info), environment: '' }
    const own = changed('go/1.26-slices', 512, texts).findings.join('\n')
    expect(own).toContain('automemlimit, which sets a limit by itself')
    const off = { ...texts, environment: 'AUTOMEMLIMIT=off' }
    expect(changed('go/1.26-slices', 512, off).findings[0]).toContain('GOMEMLIMIT is not set')
  })

  it('is a heap that was freed and still counts', () => {
    const { answers } = recordedProgram('go/1.26-slices')
    const smaps = answers.find(({ id }) => id === 'smaps')
    const lazy =
      smaps?.ok === true ? smaps.text.replaceAll(/^LazyFree: .*$/gm, 'LazyFree: 20480 kB') : ''
    const texts = { smaps: lazy, environment: 'GODEBUG=madvdontneed=0' }
    expect(changed('go/1.26-slices', null, texts).findings[0]).toMatch(
      /of the heap is given back already \(GODEBUG=madvdontneed=0\), and counts as resident/,
    )
  })

  it('is a bounded address space', () => {
    const limits =
      'Limit   Soft Limit  Hard Limit Units\nMax address space   1536000000   1536000000   bytes\n'
    expect(changed('go/1.26-slices', null, { limits }).findings[0]).toContain(
      '(ulimit -v 1500000): where it ends, Go ends itself with "fatal error: out of memory" and exit code 2',
    )
  })
})

describe('a program', () => {
  it('that is not of Go has no view', () => {
    const recorded = recordedProgram('go/1.26-slices')
    const answers = recorded.answers.map((answer) =>
      answer.id === 'build'
        ? { pid: answer.pid, id: 'build', ok: false as const, why: 'x' }
        : answer,
    )
    expect(viewsIn({ ...recorded, answers })).toEqual([])
  })

  it('that was stripped is of Go where its heap is where Go puts it', () => {
    const recorded = recordedProgram('go/1.19-slices')
    const answers = recorded.answers.map((answer) =>
      answer.id === 'build'
        ? { pid: answer.pid, id: 'build', ok: false as const, why: 'x' }
        : answer,
    )
    const view = viewIn({ ...recorded, answers })
    expect(view.version).toBeNull()
    expect(itemBytes(view, HEAP)).toBeGreaterThan(32 * MIB)
  })

  it('of one thread is not even asked', () => {
    const one = processState({ executable: '/bin/sh', threads: 1 })
    expect(go.recognise(one, [one])).toBe(false)
    expect(go.recognise({ ...one, threads: 5 }, [one])).toBe(true)
    expect(go.recognise({ ...one, executable: null, threads: 5 }, [one])).toBe(false)
  })
})

/** As Go 1.18 and later write it: strings with their lengths as varints. */
function buildText(version: string, info: string): string {
  const varint = (length: number): string =>
    length < 0x80
      ? String.fromCharCode(length)
      : String.fromCharCode((length & 0x7f) | 0x80) + varint(length >> 7)
  const header = `${GO_MARK}\u0008\u0002`.padEnd(32, '\0')
  const framed = info === '' ? '' : `${'0'.repeat(16)}${info}${'0'.repeat(16)}`
  return header + varint(version.length) + version + varint(framed.length) + framed
}

function build(text: string): ReturnType<typeof goBuild> {
  const answer = { pid: 1, id: 'build', ok: true as const, text, truncated: false }
  return goBuild({ answers: new Map([['build', answer]]), processes: [], limitBytes: null })
}

describe('build information', () => {
  it('tells the version, the modules and whether C is in it', () => {
    const info = 'path\tapp\nmod\tapp\t(devel)\ndep\texample.org/a\tv1.2.3\nbuild\tCGO_ENABLED=1\n'
    expect(build(buildText('go1.22.1', info))).toEqual({
      version: 'Go 1.22.1',
      modules: new Set(['example.org/a']),
      cgo: true,
    })
    expect(build(buildText('devel go1.27-abc', ''))?.version).toBe('Go (development version)')
  })

  it('of Go before 1.18 tells that it is one', () => {
    const old = `${GO_MARK}\u0008\0`.padEnd(32, '\0')
    expect(build(old)).toEqual({ version: null, modules: new Set(), cgo: null })
  })

  it('is none elsewhere', () => {
    expect(build('\u007fELF')).toBeNull()
  })

  it('may be damaged', () => {
    const text = buildText('go1.22.1', 'dep\texample.org/a\tv1.2.3\n'.repeat(20))
    fc.assert(
      fc.property(fc.nat(text.length), fc.nat(text.length), fc.string(), (from, to, put) => {
        const found = build(text.slice(0, from) + put + text.slice(to))
        expect(found === null || found.modules.size <= 30).toBe(true)
      }),
    )
  })
})

it.each([
  ['512MiB', 512 * MIB],
  ['1048576', MIB],
  ['1048576B', MIB],
  ['1GiB', 1024 * MIB],
  ['9223372036854775807', null],
  ['off', null],
  ['512M', null],
  ['', null],
])('GOMEMLIMIT=%s is %s bytes', (text, bytes) => {
  expect(goSettings(new Map([['GOMEMLIMIT', text]])).limitBytes).toBe(bytes)
})
