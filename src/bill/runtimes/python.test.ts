import { describe, expect, it } from 'vitest'
import { processState } from '../../../test/support/incident.ts'
import { recordedProgram } from '../../../test/support/programs.ts'
import type { RecordedProgram } from '../../../test/support/programs.ts'
import { itemBytes, processesOf, viewIn, viewsIn } from '../../../test/support/servers.ts'
import { MIB } from '../../model/bytes.ts'
import type { RuntimeView } from '../../model/bill.ts'
import type { ProcessState } from '../../model/facts.ts'
import { python } from './python.ts'
import { viewsOf } from './views.ts'

const VERSIONS = ['3.8', '3.11', '3.13']
const SMALL = 'small objects'
const HEAP = 'malloc, [heap]'
const ARENAS = 'malloc, arenas of threads'
const LARGE = 'large objects'

describe.each(VERSIONS)('Python %s', (version) => {
  const recorded = (scene: string): RecordedProgram => recordedProgram(`python/${version}-${scene}`)

  it.each(['small', 'middle', 'large', 'threads', 'fork', 'fork-touched'])(
    'is accounted for to the last byte: %s',
    (scene) => {
      for (const { version: told, items, residentBytes, unattributedBytes } of viewsIn(
        recorded(scene),
      )) {
        expect(told).toBe(`Python ${version}`)
        expect(items.reduce((total, { bytes }) => total + (bytes ?? NaN), 0)).toBe(residentBytes)
        expect(unattributedBytes).toBe(0)
      }
    },
  )

  // 32 MiB in all, of which the list itself takes 2.4 MiB as one large object.
  it('holds small objects in arenas of its own', () => {
    const view = viewIn(recorded('small'))
    expect(itemBytes(view, SMALL)).toBeGreaterThan(28 * MIB)
    expect(itemBytes(view, SMALL)).toBeLessThan(32 * MIB)
    expect(itemBytes(view, LARGE)).toBeGreaterThan(2.4 * MIB)
  })

  it.each([
    ['middle', HEAP],
    ['threads', ARENAS],
    ['large', LARGE],
  ])('holds %s ones in %s', (scene, item) => {
    const view = viewIn(recorded(scene))
    expect(itemBytes(view, item)).toBeGreaterThanOrEqual(32 * MIB)
    expect(itemBytes(view, item)).toBeLessThan(34.5 * MIB)
  })

  it('tells how much workers still share with their master, and when they do not', () => {
    const [master, worker, ...more] = viewsIn(recorded('fork')).toSorted((a, b) => a.pid - b.pid)
    expect(more).toEqual([])
    expect(master?.findings[0]).toMatch(
      /It has 2 workers like itself, .*Of (?:49|5\d)(?:\.\d)? MiB of its own memory they still share (?:49|5\d)(?:\.\d)? MiB\.$/,
    )
    expect(worker?.findings[0]).toMatch(
      new RegExp(
        `worker of process ${master?.pid}: [45]\\d\\.?\\d? MiB of its memory is still shared`,
      ),
    )
    const broken = viewsIn(recorded('fork-touched'))
    for (const { findings } of broken) expect(findings[0]).toContain('gc.freeze() before the fork')
  })
})

/** The same process with these variables. */
function withVariables(name: string, text: string): RuntimeView {
  const recorded = recordedProgram(name)
  const answers = recorded.answers.map((answer) =>
    answer.ok && answer.id === 'environment' ? { ...answer, text } : answer,
  )
  return viewIn({ ...recorded, answers })
}

/** The same map, each region as large as so many. */
function scaled(name: string, factor: number, text = ''): RuntimeView {
  const recorded = recordedProgram(name)
  const answers = recorded.answers.map((answer) =>
    answer.ok
      ? {
          ...answer,
          text:
            answer.id === 'environment'
              ? text
              : answer.text.replaceAll(
                  /^(Rss|Pss): +(\d+) kB$/gm,
                  (_, field: string, size: string) => `${field}: ${factor * Number(size)} kB`,
                ),
        }
      : answer,
  )
  return viewIn({ ...recorded, answers })
}

describe('what stands out in a Python process', () => {
  it('are arenas that malloc opened for threads', () => {
    const free = scaled('python/3.11-threads', 4).findings.join('\n')
    expect(free).toMatch(/4 arenas of malloc hold 130 MiB for threads.*MALLOC_ARENA_MAX=2 bounds/)
    const bound = scaled('python/3.11-threads', 4, 'MALLOC_ARENA_MAX=3').findings.join('\n')
    expect(bound).toContain('MALLOC_ARENA_MAX=3 bounds their number')
    expect(scaled('python/3.11-threads', 1).findings).toEqual([])
  })

  it('are small objects, whose arenas survive on few of them', () => {
    expect(scaled('python/3.11-small', 4).findings).toEqual([
      expect.stringMatching(/^118 MiB is arenas for small objects.*tracemalloc/),
    ])
  })

  it('is memory of malloc, freed or not', () => {
    expect(scaled('python/3.11-middle', 4).findings).toEqual([
      expect.stringMatching(/^132 MiB is malloc's: .*malloc_trim\(0\)/),
    ])
    const bound = scaled('python/3.11-middle', 4, 'MALLOC_TRIM_THRESHOLD_=131072')
    expect(bound.findings.join('\n')).not.toContain('malloc_trim')
  })

  it('is a debugging aid that costs memory itself', () => {
    const { findings } = withVariables(
      'python/3.11-middle',
      'PYTHONTRACEMALLOC=25\nPYTHONMALLOC=pymalloc',
    )
    expect(findings).toEqual([expect.stringContaining('PYTHONTRACEMALLOC=25 is set')])
    expect(withVariables('python/3.11-middle', 'PYTHONTRACEMALLOC=0').findings).toEqual([])
  })

  it('is another allocator', () => {
    const recorded = recordedProgram('python/3.11-middle')
    const answers = recorded.answers.map((answer) =>
      answer.ok && answer.id === 'smaps'
        ? {
            ...answer,
            text: answer.text.replaceAll(/\S+\/libm\.so\.6/g, '/usr/lib/libjemalloc.so.2'),
          }
        : answer,
    )
    expect(viewIn({ ...recorded, answers }).findings.join('\n')).toContain('jemalloc stands in')
  })
})

it('has no arenas of its own where it was told to use malloc', () => {
  const view = withVariables('python/3.11-small', 'PYTHONMALLOC=malloc')
  expect(itemBytes(view, SMALL)).toBe(0)
  expect(itemBytes(view, LARGE)).toBeGreaterThan(32 * MIB)
})

it('tells its exact version where its image does', () => {
  expect(withVariables('python/3.11-small', 'PYTHON_VERSION=3.11.9').version).toBe('Python 3.11.9')
  expect(withVariables('python/3.11-small', 'PYTHON_VERSION=3.12.1').version).toBe('Python 3.11')
})

describe('a Python', () => {
  const one = (change: Partial<ProcessState>): ProcessState => processState(change)

  it.each([
    ['/usr/bin/python3.11', true],
    ['/usr/local/bin/python3.13t', true],
    ['/usr/bin/python', true],
    ['/usr/bin/uwsgi', true],
    ['/usr/bin/pypy3', false],
    ['/usr/bin/python-argcomplete', false],
  ])('is known by its program, whatever it calls itself: %s', (executable, is) => {
    const process = one({ executable, command: ['gunicorn: master [app]'] })
    expect(python.recognise(process, [process])).toBe(is)
  })

  it('of a tree of workers is looked into where it is the largest', () => {
    const titled = (pid: number, parentPid: number, title: string, rssBytes: number) =>
      one({ pid, parentPid, executable: '/usr/bin/python3.11', command: [title], rssBytes })
    const all = [
      titled(10, 1, 'celery: main', 30 * MIB),
      titled(11, 10, 'celery: worker 1', 50 * MIB),
      titled(12, 10, 'celery: worker 2', 90 * MIB),
      titled(13, 10, 'other: thing', 20 * MIB),
    ]
    const known = all.filter((process) => python.recognise(process, all)).map(({ pid }) => pid)
    expect(known).toEqual([10, 12, 13])
  })

  it('that only waits for others of multiprocessing is none', () => {
    const command = ['python3', '-c', 'from multiprocessing.resource_tracker import main;main(4)']
    const process = one({ executable: '/usr/bin/python3.11', command })
    expect(python.recognise(process, [process])).toBe(false)
  })

  it('inside of uWSGI is told by its library alone', () => {
    const server = one({ executable: '/usr/bin/uwsgi' })
    const answers = recordedProgram('go/1.26-slices').answers
    const mine = answers.map((answer) => ({ ...answer, pid: server.pid }))
    expect(python.view(server, context(mine, [server]))).toBeNull()
    const library = mine.map((answer) =>
      answer.ok && answer.id === 'smaps'
        ? {
            ...answer,
            text: answer.text.replaceAll('/usr/local/bin/app', '/usr/lib/libpython3.9.so.1.0'),
          }
        : answer,
    )
    expect(python.view(server, context(library, [server]))?.version).toBe('Python 3.9')
  })

  function context(
    answers: RecordedProgram['answers'],
    processes: readonly ProcessState[],
  ): Parameters<typeof python.view>[1] {
    return {
      answers: new Map(answers.map((answer) => [answer.id, answer])),
      processes,
      limitBytes: null,
    }
  }
})

it('says why it could not be seen', () => {
  const recorded = recordedProgram('python/3.11-small')
  const processes = processesOf(recorded.processes)
  const answers = recorded.answers.map(({ pid, id }) => ({ pid, id, ok: false as const, why: 'x' }))
  const [view] = viewsOf(processes, answers, null)
  expect(view).toMatchObject({ version: 'Python 3.11', items: [], unattributedBytes: null })
  expect(view?.findings).toEqual(['Where its memory is could not be seen: x.'])
})
