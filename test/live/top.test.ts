import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { MIB } from '../../src/model/bytes.ts'
import { engines } from '../../src/sources/docker/index.ts'
import { hostReader } from '../../src/sources/reader.ts'
import { openWatcher } from '../../src/watch/watcher.ts'
import type { Row, Snapshot } from '../../src/watch/row.ts'
import type { Watcher } from '../../src/watch/watcher.ts'
import { createGroup } from '../support/cgroups.ts'
import type { TestGroup } from '../support/cgroups.ts'
import { testDocker } from '../support/docker.ts'
import type { TestDocker } from '../support/docker.ts'
import { hog } from '../support/hog.ts'
import { requireParts } from '../support/parts.ts'
import { testPodman } from '../support/podman.ts'
import type { TestPodman } from '../support/podman.ts'
import { onTerminal, stellaOnTerminal } from '../support/pty.ts'
import type { OnTerminal } from '../support/pty.ts'
import { testTerminal } from '../support/terminal.ts'
import { run, until } from '../support/testbed.ts'

const SCREEN = fileURLToPath(new URL('../../src/cli/render/screen.ts', import.meta.url))

const groups: TestGroup[] = []
const open: { close(): void }[] = []
let program = ''

function group(name: string, limitBytes?: number): TestGroup {
  const made = createGroup(name, limitBytes)
  groups.push(made)
  return made
}

function watcher(): Watcher {
  const made = openWatcher(hostReader(), { loadEngines: async () => [] })
  open.push(made)
  return made
}

function rowAt(snapshot: Snapshot, path: string): Row | undefined {
  return snapshot.rows.find((row) => row.path === path)
}

function chargedTo(of: TestGroup): number {
  return Number(of.read(of.version === 1 ? 'memory.usage_in_bytes' : 'memory.current'))
}

describe.skipIf(requireParts('root', 'compiler', 'script'))('groups of this machine', () => {
  beforeAll(async () => {
    program = await hog()
  })
  afterEach(async () => {
    for (const each of open.splice(0)) each.close()
    for (const made of groups.splice(0).toReversed()) await made.remove()
  })

  it('tells how fast a group grows, and when it reaches its limit', async () => {
    const growing = group('growing', 256 * MIB)
    const flat = group('flat', 256 * MIB)
    flat.start([program, 'anon=8M', 'say=ready', 'stay'])
    growing.start([program, 'grow=1M,100,128M', 'stay'])
    await until('it grows', () => chargedTo(growing) > 2 * MIB)
    await until('the other has its memory', () => chargedTo(flat) > 8 * MIB)
    const watch = watcher()
    watch.sample()
    const [from, since] = [chargedTo(growing), performance.now()]
    let snapshot = watch.sample()
    for (let round = 0; round < 24; round++) {
      await pause(250)
      snapshot = watch.sample()
    }
    const [used, seconds] = [chargedTo(growing), (performance.now() - since) / 1_000]
    const perSecond = (used - from) / seconds
    const row = rowAt(snapshot, growing.path)
    expect(row?.limit).toMatchObject({ scope: 'own', limitBytes: 256 * MIB })
    expect(row?.growthBytesPerMinute).toBeGreaterThan(perSecond * 60 * 0.8)
    expect(row?.growthBytesPerMinute).toBeLessThan(perSecond * 60 * 1.25)
    const left = row?.timeLeft
    const truth = (256 * MIB - used) / perSecond
    expect(left?.kind).toBe('seconds')
    if (left?.kind !== 'seconds') return
    expect(left.low).toBeLessThan(truth * 1.2)
    expect(left.low).toBeGreaterThan(truth * 0.5)
    expect(left.high ?? Infinity).toBeGreaterThan(truth * 0.8)
    expect(rowAt(snapshot, flat.path)).toMatchObject({ timeLeft: { kind: 'never' } })
  })

  it('names the limit above that binds, and how full that is', async () => {
    const parent = group('pod', 64 * MIB)
    const sibling = parent.child('sibling', 256 * MIB)
    const child = parent.child('child', 256 * MIB)
    sibling.start([program, 'anon=40M', 'stay'])
    child.start([program, 'anon=8M', 'stay'])
    await until('both have their memory', () => chargedTo(parent) > 48 * MIB)
    const row = rowAt(watcher().sample(), child.path)
    expect(row?.limit).toMatchObject({
      scope: 'ancestor',
      path: parent.path,
      limitBytes: 64 * MIB,
    })
    expect(row?.limit?.usedBytes).toBeGreaterThan(47 * MIB)
    expect(row?.usageBytes).toBeLessThan(12 * MIB)
    expect(row?.biggest).toMatchObject({ name: expect.stringMatching(/^hog/) })
  })

  it('counts processes as they come and go, also between two quick rounds', async () => {
    const own = group('procs')
    const watch = watcher()
    expect(rowAt(watch.sample(), own.path)?.processes).toBe(0)
    own.start([program, 'stay'])
    await until('it joined', () => own.read('cgroup.procs') !== '')
    expect(rowAt(watch.sample(), own.path)?.processes).toBe(1)
    const second = own.start([program, 'stay'])
    await until('it joined', () => own.read('cgroup.procs').trim().split('\n').length === 2)
    expect(rowAt(watch.sample(), own.path)?.processes).toBe(2)
    second.child.kill()
    await second.ended
    expect(rowAt(watch.sample(), own.path)?.processes).toBe(1)
  })

  it('counts kills for memory where they happen and above', async () => {
    const parent = group('kills')
    const child = parent.child('child', 16 * MIB)
    const watch = watcher()
    expect(rowAt(watch.sample(), child.path)?.oomKills).toBe(0)
    await child.start([program, 'anon=64M']).ended
    const snapshot = watch.sample()
    expect(rowAt(snapshot, child.path)?.oomKills).toBe(1)
    expect(rowAt(snapshot, parent.path)?.oomKills).toBe(1)
    expect(snapshot.host.newOomKills).toBeGreaterThanOrEqual(1)
  })

  it('goes on when a group is removed, and does not take its successor for it', async () => {
    const own = group('short')
    own.start([program, 'anon=16M', 'stay'])
    await until('it has its memory', () => chargedTo(own) > 16 * MIB)
    const watch = watcher()
    expect(rowAt(watch.sample(), own.path)?.gone).toBe(false)
    await own.remove()
    const after = watch.sample()
    expect(rowAt(after, own.path)).toMatchObject({ gone: true, notes: ['removed'] })
    expect(after.rows.length).toBeGreaterThan(1)
    group('short')
    const again = watch.sample().rows.filter(({ path, gone }) => path === own.path && !gone)
    expect(again).toHaveLength(1)
    expect(again[0]?.chargeBytes).toBeLessThan(MIB)
  })

  it('sees a group that comes with another one’s end', async () => {
    const old = group('old')
    const watch = watcher()
    watch.sample()
    await old.remove()
    const young = group('young')
    expect(rowAt(watch.sample(), young.path)?.gone).toBe(false)
  })

  describe('on a terminal', () => {
    let stella: OnTerminal
    afterEach(() => stella.kill())

    it('fills it without a flaw, answers keys, and gives it back as it was', async () => {
      const own = group('screen', 64 * MIB)
      own.start([program, 'anon=8M', 'stay'])
      stella = stellaOnTerminal(['top'], { columns: 80, rows: 24 })
      const { terminal } = stella
      await stella.shows(/^host .*available/)
      expect(terminal).toMatchObject({ isAlternate: true, cursorShown: false, wraps: false })
      await stella.shows(/by usage/)
      stella.type('n')
      await stella.shows(/by name/)
      stella.type('/screen\r')
      await stella.shows(/filter: screen(?!_)/)
      await stella.shows(/^>…?\S*screen .* 64Mi/m)
      stella.type('\r')
      await stella.shows(/rss|anon/)
      stella.type('\u007f?')
      await stella.shows(/sort by usage/)
      stella.type('?')
      await stella.shows(/^ NAME/m)
      stella.type('q')
      await stella.ended
      expect(terminal.faults).toEqual([])
      expect(terminal).toMatchObject({ isAlternate: false, cursorShown: true, wraps: true })
      const left = terminal.lines().join('\n')
      expect(left).toMatch(/^pid=\d+\ncode=0\n/)
      expect(left).toMatch(/(^|\s)icanon/m)
      expect(left).toMatch(/(^|\s)echo(\s|$)/m)
    })

    it.each([
      ['SIGTERM', 143],
      ['SIGINT', 130],
    ] as const)('gives it back on %s', async (signal, code) => {
      stella = stellaOnTerminal(['top'], { columns: 80, rows: 24 })
      await stella.shows(/^host .*available/)
      process.kill(await stella.pid(), signal)
      await stella.ended
      expect(stella.terminal).toMatchObject({ isAlternate: false, cursorShown: true, wraps: true })
      expect(stella.terminal.lines().join('\n')).toContain(`code=${code}`)
    })

    it('gives it back before it complains about a fault of its own', async () => {
      const code = `
        import { openScreen } from '${SCREEN}'
        openScreen(process.stdin, process.stdout).draw(['drawn'])
        setTimeout(() => { throw new Error('a fault') }, 300)`
      const node = [process.execPath, '--input-type=module', '--eval', code]
      stella = onTerminal(node, { columns: 80, rows: 24 })
      await stella.shows(/^drawn/)
      await stella.ended
      expect(stella.terminal).toMatchObject({ isAlternate: false, cursorShown: true, wraps: true })
      const left = stella.terminal.lines().join('\n')
      expect(left).toMatch(/Error: a fault[^]*code=1/)
      expect(left).not.toContain('drawn')
    })

    it('fits itself to a new size', async () => {
      stella = stellaOnTerminal(['top'], { columns: 80, rows: 24 })
      await stella.shows(/^host .*available/)
      const pid = await stella.pid()
      run(['stty', '-F', `/proc/${pid}/fd/1`, 'rows', '9', 'columns', '44'])
      // stty sets rows and columns one after the other: what counts is what comes after both.
      const small = await until('it is drawn anew', () => {
        const terminal = testTerminal(44, 9)
        const drawn = stella.sent().split('\u001b[2J').slice(2).at(-1) ?? ''
        terminal.write(`\u001b[?1049h${drawn}`)
        return drawn.includes('\u001b[9;1H') && terminal.faults.length === 0 ? terminal : null
      })
      expect(small.lines()[0]).toMatch(/^host .*available/)
      expect(small.lines()[2]).toMatch(/^ NAME +USAGE +LIMIT +%$/)
      stella.type('\u0003')
      await stella.ended
    })
  })
})

describe.skipIf(requireParts('root', 'docker', 'podman', 'busybox', 'compiler'))(
  'containers of real engines',
  () => {
    const name = `stella-test-${process.pid}-top`
    let docker: TestDocker
    let podman: TestPodman

    beforeAll(async () => {
      docker = await testDocker()
      podman = testPodman()
      const options = ['run', '--detach', '--network=none', '--memory=64m']
      docker.cli(...options, `--name=${name}-d`, await docker.image(), 'hog', 'anon=8M', 'stay')
      podman.cli(...options, `--name=${name}-p`, await podman.image(), 'hog', 'anon=8M', 'stay')
    }, 120_000)
    afterAll(() => {
      docker.tryCli('rm', '--force', `${name}-d`)
      podman.tryCli('rm', '--force', '--time=0', `${name}-p`)
    })

    it('are called by their names, without a round that waits for them', async () => {
      const env = { ...process.env, ...docker.env, ...podman.env }
      const watch = openWatcher(hostReader({ env }), {
        loadEngines: async (reader, engine) => engines(reader, engine),
      })
      const named = (snapshot: Snapshot): Row[] =>
        snapshot.rows.filter((row) => row.name === `${name}-d` || row.name === `${name}-p`)
      expect(named(watch.sample())).toEqual([])
      await watch.named()
      const rows = named(watch.sample())
      watch.close()
      expect(new Set(rows.map((row) => row.container?.engine))).toEqual(
        new Set(['docker', 'podman']),
      )
      for (const row of rows) {
        expect(row.limit).toMatchObject({ scope: 'own', limitBytes: 64 * MIB })
        expect(row.usageBytes).toBeGreaterThan(8 * MIB)
        expect(row.biggest?.name).toBe('hog')
      }
    })
  },
)
