import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cgroupFolder, cgroupState, groupPath } from './index.ts'

const FIXTURES = new URL('../../../fixtures/', import.meta.url)

function folder(name: string): Map<string, string> {
  const path = new URL(`${name}/`, FIXTURES)
  return new Map(readdirSync(path).map((file) => [file, readFileSync(new URL(file, path), 'utf8')]))
}

describe('cgroup v1', () => {
  const files = folder('cgroup/v1-child-killed')
  const state = cgroupState(files, '/docker/x')

  test('has usage, limit, peak, failures and kills', () => {
    expect(state).toMatchObject({
      version: 1,
      path: '/docker/x',
      limitBytes: 32 * 1024 ** 2,
      unlimited: false,
      peakBytes: 32 * 1024 ** 2,
      swapLimitBytes: 32 * 1024 ** 2,
      swapUsageBytes: 0,
      oomControl: { killDisable: false, underOom: false, oomKill: 1 },
      events: null,
      pressure: null,
      populated: null,
    })
    expect(state.usageBytes).toBe(Number(files.get('memory.usage_in_bytes')))
    expect(state.failcnt).toBe(Number(files.get('memory.failcnt')))
    expect(state.kmemUsageBytes).toBeGreaterThan(0)
    expect(state.pids).toHaveLength(1)
    expect(state.stat.get('cache')).toBe(4 * 1024 ** 2)
  })

  test('takes the huge number for no limit', () => {
    expect(state.softLimitBytes).toBeNull()
    const unlimited = cgroupState(
      new Map([['memory.limit_in_bytes', '9223372036854771712\n']]),
      null,
    )
    expect(unlimited).toMatchObject({ limitBytes: null, unlimited: true })
  })

  test('does not count kills where the kernel did not', () => {
    const old = cgroupState(
      new Map([['memory.oom_control', 'oom_kill_disable 1\nunder_oom 1\n']]),
      null,
    )
    expect(old.oomControl).toEqual({ killDisable: true, underOom: true, oomKill: null })
  })
})

describe('cgroup v2', () => {
  test('has its own and the hierarchical events', () => {
    const files = folder('guest/6.12/own-limit/own-limit')
    expect(cgroupState(files, null)).toMatchObject({
      version: 2,
      limitBytes: Number(files.get('memory.max')),
      peakBytes: Number(files.get('memory.peak')),
      eventsLocal: { oom: 1, oomKill: 1 },
      events: { oom: 1, oomKill: 1 },
      oomGroup: false,
      failcnt: null,
      oomControl: null,
    })
    expect(cgroupState(files, null).pressure?.full?.totalMicroseconds).toBeGreaterThanOrEqual(0)
  })

  test('max is no limit, and a file that is not there is not known', () => {
    expect(cgroupState(new Map([['memory.max', 'max\n']]), null)).toMatchObject({
      limitBytes: null,
      unlimited: true,
    })
    expect(cgroupState(new Map([['memory.current', '4096\n']]), null)).toMatchObject({
      limitBytes: null,
      unlimited: false,
      usageBytes: 4096,
      pids: null,
      events: null,
    })
  })

  test('nobody in the group is not the same as not known', () => {
    expect(cgroupState(new Map([['cgroup.procs', '']]), null).pids).toEqual([])
  })
})

describe('a folder of cgroup files', () => {
  test('has its path from the note beside it', () => {
    const files = folder('cgroup/v1-child-killed')
    const [seen] = cgroupFolder.parseFolder(files, 'case/cg-60s', {
      from: 'case/cg-60s',
      readAt: null,
      source: null,
    })
    expect(seen?.fact).toMatchObject({ path: expect.stringMatching(/^\/docker\/[0-9a-f]{64}$/) })
    expect(seen?.excerpt).toContain('oom_kill 1')
  })

  test.each([
    ['/sys/fs/cgroup/memory/docker/1a97', '/docker/1a97'],
    ['bundle/sys/fs/cgroup/kubepods.slice/pod1.slice', '/kubepods.slice/pod1.slice'],
    ['/sys/fs/cgroup/unified/system.slice/', '/system.slice'],
    ['/sys/fs/cgroup', '/'],
    ['/cg/memory/docker/709f', '/docker/709f'],
    ['/cgroup/memory/lxc/a', '/lxc/a'],
    ['case/cg', null],
    ['case/cg/main', null],
    ['/home/me/cgroup/x', null],
  ])('%s lies at %s', (path, group) => {
    expect(groupPath(path)).toBe(group)
  })

  test('that holds only other controllers says nothing about memory', () => {
    const files = new Map([
      ['pids.max', 'max\n'],
      ['io.pressure', 'some avg10=0.00 avg60=0.00 avg300=0.00 total=0\n'],
    ])
    expect(
      cgroupFolder.parseFolder(files, 'cg', { from: 'cg', readAt: null, source: null }),
    ).toEqual([])
  })

  test('prose under the name of a cgroup file is not taken for one', () => {
    expect(
      cgroupFolder.recognise("The limit wasn't reached; see <b>below</b>.", 'memory.max'),
    ).toBe(false)
  })
})

test('whatever the files hold, parsing never fails and no number is made up', () => {
  const names = [
    ...folder('guest/6.12/own-limit/own-limit').keys(),
    ...folder('cgroup/v1-child-killed').keys(),
  ]
  const texts = fc.oneof(
    fc.string(),
    fc.stringMatching(/^[a-z_]{1,9} -?\d{0,25}\n?$/),
    fc.constant('max\n'),
  )
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...names), texts), (files) => {
      const state = cgroupState(new Map(Object.entries(files)), null)
      for (const value of [state.usageBytes, state.limitBytes, state.peakBytes, state.failcnt]) {
        expect(value === null || Number.isFinite(value)).toBe(true)
        if (value !== null)
          expect(Object.values(files).some((text) => Number(text.trim()) === value)).toBe(true)
      }
    }),
  )
})

test('what the kernel cannot have printed is not known: no size below nothing, no share with two points', () => {
  const files = {
    'memory.current': '-1\n',
    'memory.peak': '-2\n',
    'memory.max': '-1\n',
    'memory.stat': 'anon 4096\nswap -1\n',
    'memory.pressure':
      'some avg10=0.00 avg60=0.00 avg300=0.0.0 total=1\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=' +
      `${'9'.repeat(400)}\n`,
  }
  expect(cgroupState(new Map(Object.entries(files)), null)).toMatchObject({
    usageBytes: null,
    peakBytes: null,
    limitBytes: null,
    unlimited: false,
    pressure: null,
    swapUsageBytes: null,
    stat: new Map([['anon', 4_096]]),
  })
})
