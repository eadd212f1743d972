import { copyFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { billFrom } from '../../src/investigate/bill.ts'
import { collectBill } from '../../src/investigate/collect-bill.ts'
import type { RuntimeView } from '../../src/model/bill.ts'
import { MIB } from '../../src/model/bytes.ts'
import { hostReader } from '../../src/sources/reader.ts'
import { createGroup } from '../support/cgroups.ts'
import type { TestGroup } from '../support/cgroups.ts'
import { testDocker } from '../support/docker.ts'
import type { TestDocker } from '../support/docker.ts'
import { nodeImage, pythonImage } from '../support/images.ts'
import type { ImageRecipe } from '../support/images.ts'
import { requireParts } from '../support/parts.ts'
import { goProgram, hold, PROGRAMS, truthIn } from '../support/programs.ts'
import type { Truth } from '../support/programs.ts'
import { pidsIn } from '../support/server-starters.ts'
import { itemBytes, observe, viewsIn } from '../support/servers.ts'
import { testbedFolder, until } from '../support/testbed.ts'

const NODE = [process.execPath, join(PROGRAMS, 'hold.cjs')]
const PYTHON = ['/usr/bin/python3', join(PROGRAMS, 'hold.py')]
const HELD = 100 * MIB

const groups: TestGroup[] = []
afterEach(async () => {
  for (const made of groups.splice(0).toReversed()) await made.remove()
})

function group(limitMib?: number): TestGroup {
  const limit = limitMib === undefined ? undefined : limitMib * MIB
  const made = createGroup(`languages-${groups.length}`, limit)
  groups.push(made)
  return made
}

function below(parent: TestGroup, limitMib?: number): TestGroup {
  const made = parent.child('inner', limitMib === undefined ? undefined : limitMib * MIB)
  groups.push(made)
  return made
}

/** Starts a program in a group and looks into all that runs there, the first process first. */
async function look(
  made: TestGroup,
  argv: readonly string[],
  { limitMib = null, env = {} }: { limitMib?: number | null; env?: Record<string, string> } = {},
): Promise<{ view: RuntimeView; views: RuntimeView[]; truth: Truth }> {
  const { truth, pid } = await hold(made, argv, env)
  const limitBytes = limitMib === null ? null : limitMib * MIB
  const recorded = await observe(argv.join(' '), pidsIn(made), limitBytes)
  const views = viewsIn(recorded)
  const view = views.find((one) => one.pid === pid)
  if (view === undefined) throw new Error(`no view of ${argv.join(' ')}`)
  expectWhole(view)
  return { view, views, truth }
}

/** Every byte is in an item: each region is of one kind. */
function expectWhole({ items, residentBytes, unattributedBytes }: RuntimeView): void {
  expect(items.reduce((sum, { bytes }) => sum + (bytes ?? NaN), 0)).toBe(residentBytes)
  expect(unattributedBytes).toBe(0)
}

function expectAbout(bytes: number, wanted: number, tolerance: number): void {
  expect(bytes).toBeGreaterThanOrEqual(wanted - tolerance)
  expect(bytes).toBeLessThanOrEqual(wanted + tolerance)
}

describe.skipIf(requireParts('root'))('Node', () => {
  const NATIVE = 'Buffers and native memory'

  it.each(['buffers', 'small-buffers'])('has 100 MiB of %s beside its heap', async (kind) => {
    const { view, truth } = await look(group(512), [...NODE, kind, '100'], { limitMib: 512 })
    expect(view.version).toBe(`Node ${process.versions.node}`)
    expectAbout(itemBytes(view, NATIVE), HELD, 8 * MIB)
    expectAbout(itemBytes(view, 'V8 heap'), truth['heap'] ?? NaN, 2 * MIB)
    expect(view.findings.join('\n')).toMatch(
      /1\d\d MiB is Buffers, .* --max-old-space-size does not bound it, and so nothing stops it below 512 MiB/,
    )
  })

  it('has 100 MiB of objects in its heap, as V8 counts them', async () => {
    const { view, truth } = await look(group(512), [...NODE, 'objects', '100'])
    expectAbout(itemBytes(view, 'V8 heap'), truth['heap'] ?? NaN, 2 * MIB)
    expect(itemBytes(view, 'V8 heap')).toBeGreaterThan(HELD)
    expect(itemBytes(view, NATIVE)).toBeLessThan(16 * MIB)
  })

  it.each([
    [256, [], {}],
    [1024, [], {}],
    [512, ['--max-old-space-size=200'], {}],
    [512, [], { NODE_OPTIONS: '--max-old-space-size=200' }],
    [512, ['--max-old-space-size-percentage=60'], {}],
  ])('may grow to what V8 itself says, in %i MiB with %j and %j', async (limit, flags, env) => {
    const [program = '', ...script] = NODE
    const { view, truth } = await look(group(limit), [program, ...flags, ...script, 'nothing'], {
      env,
    })
    expect(view.items[0]?.capBytes).toBe(truth['heapLimit'])
  })

  it('does not see the limit of a group above its own', async () => {
    const inner = below(group(512))
    const { view, truth } = await look(inner, [...NODE, 'nothing'], { limitMib: 512 })
    expect(truth['heapLimit']).toBeGreaterThan(512 * MIB)
    expect(view.items[0]?.capBytes).toBe(truth['heapLimit'])
    expect(view.findings.join('\n')).toMatch(
      /Node reads the limit of its own group alone.* 512 MiB/,
    )
  })

  it('is told from the npm that started it and waits', async () => {
    const folder = testbedFolder('npm-start')
    const start = `exec ${NODE.join(' ')} nothing`
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ scripts: { start } }))
    const npm = ['npm', 'start', '--silent', `--prefix=${folder}`, `--cache=${folder}/cache`]
    const made = group(512)
    await hold(made, npm, { HOME: folder })
    const recorded = await observe('npm start', pidsIn(made), 512 * MIB)
    const waiting = viewsIn(recorded).filter(({ findings }) =>
      findings.some((said) => /This is npm, which only waits .* takes \d\d/.test(said)),
    )
    expect(waiting).toHaveLength(1)
    expect(viewsIn(recorded).filter(({ runtime }) => runtime === 'node')).toHaveLength(2)
  })

  it('is killed by the kernel where the limit has no room, and gives up by itself as advised', async () => {
    const limitMib = 256
    const { view } = await look(group(limitMib), [...NODE, 'nothing'], { limitMib })
    const flag = /NODE_OPTIONS="(--max-old-space-size=\d+)"/.exec(view.findings[0] ?? '')?.[1]
    const grow = 'const all = []; for (;;) all.push({ at: all.length, half: all.length + 0.5 })'
    const end = (flags: readonly string[]) =>
      // V8's last words are long.
      group(limitMib).start([
        'sh',
        '-c',
        'exec "$0" "$@" 2>/dev/null',
        process.execPath,
        ...flags,
        '-e',
        grow,
      ]).ended
    expect(await end([])).toEqual({ code: null, signal: 'SIGKILL' })
    expect(await end([flag ?? 'none'])).toEqual({ code: null, signal: 'SIGABRT' })
  })
})

describe.skipIf(requireParts('root', 'python'))('Python', () => {
  it.each([
    // The list itself is a large object of 7.7 MiB.
    ['small', 'small objects', 92],
    ['middle', 'malloc, [heap]', 100],
    ['large', 'large objects', 100],
  ])('has 100 MiB of %s ones in %s', async (kind, item, mib) => {
    const { view } = await look(group(512), [...PYTHON, kind, '100'])
    expect(view.version).toMatch(/^Python 3\.\d+$/)
    expectAbout(itemBytes(view, item), mib * MIB, 4 * MIB)
  })

  it('has what four threads hold in arenas of malloc, and says what bounds them', async () => {
    const { view } = await look(group(512), [...PYTHON, 'threads', '100'])
    expectAbout(itemBytes(view, 'malloc, arenas'), HELD, 4 * MIB)
    expect(view.findings[0]).toMatch(/^4 arenas of malloc hold .*MALLOC_ARENA_MAX=2 bounds that/)
    const env = { MALLOC_ARENA_MAX: '2' }
    const bound = await look(group(512), [...PYTHON, 'threads', '100'], { env })
    expect(bound.view.findings.join('\n')).not.toContain('4 arenas')
  })

  it('keeps what its threads freed, until malloc is told to give it back', async () => {
    const freed = await look(group(512), [...PYTHON, 'threads-freed', '100'])
    expectAbout(itemBytes(freed.view, 'malloc, arenas'), HELD, 4 * MIB)
    expect(freed.view.findings[0]).toContain('is retention, not a leak')
    const trimmed = await look(group(512), [...PYTHON, 'threads-trimmed', '100'])
    expect(itemBytes(trimmed.view, 'malloc, arenas')).toBeLessThan(4 * MIB)
  })

  it('shares with its workers until they look at what they share', async () => {
    const untouched = await look(group(512), [...PYTHON, 'fork', '64'])
    expect(untouched.view.findings[0]).toMatch(/^It has 2 workers like itself/)
    expect(untouched.view.findings[0]).not.toContain('gc.freeze')
    const touched = await look(group(512), [...PYTHON, 'fork-touched', '64'])
    expect(touched.view.findings[0]).toContain('gc.freeze')
    // The master, and the largest of its workers.
    expect(touched.views).toHaveLength(2)
  })
})

describe.skipIf(requireParts('root', 'go'))('Go', () => {
  it.each([
    ['slices', 'Go heap'],
    ['freed', 'Go heap'],
    ['stacks', 'Go heap'],
    ['mapped', 'Go runtime'],
  ])('has 100 MiB of %s in: %s', async (kind, item) => {
    const { view, truth } = await look(group(512), [await goProgram('hold'), kind, '100'])
    expect(view.version).toMatch(/^Go 1\.\d+/)
    expectAbout(itemBytes(view, item), HELD, 8 * MIB)
    if (item === 'Go heap') {
      const counted = (truth['heap'] ?? NaN) + (truth['stacks'] ?? NaN)
      expectAbout(itemBytes(view, item), counted, 2 * MIB)
    }
  })

  it.skipIf(requireParts('compiler'))('has what C holds apart', async () => {
    const { view } = await look(group(512), [await goProgram('hold-cgo'), 'malloc', '100'])
    expectAbout(itemBytes(view, 'C code'), HELD, 2 * MIB)
    expect(view.findings.join('\n')).toContain('C code (cgo) or mmap took it')
  })

  it('is advised a GOMEMLIMIT, and content with it', async () => {
    const argv = [await goProgram('hold'), 'slices', '100']
    const without = await look(group(512), argv, { limitMib: 512 })
    const advised = /Set (GOMEMLIMIT)=(\d+MiB)/.exec(without.view.findings.join('\n'))
    expect(advised?.[2]).toBe('460MiB')
    const env = { GOMEMLIMIT: advised?.[2] ?? '' }
    const { view } = await look(group(512), argv, { limitMib: 512, env })
    expect(view.items[0]?.capBytes).toBe(460 * MIB)
    expect(view.findings).toEqual([])
  })

  it('ends itself with exit code 2 where its address space ends, as was said', async () => {
    const program = await goProgram('hold')
    const bounded = ['sh', '-c', 'ulimit -v 1500000; exec "$0" "$@"', program]
    const { view } = await look(group(512), [...bounded, 'slices', '100'])
    expect(view.findings.join('\n')).toMatch(/\(ulimit -v 1500000\).* exit code 2/)
    const quiet = ['sh', '-c', 'ulimit -v 1500000; exec "$0" "$@" 2>/dev/null', program]
    const { ended } = group(2048).start([...quiet, 'slices', '1700'])
    expect(await ended).toEqual({ code: 2, signal: null })
  })
})

describe.skipIf(requireParts('root', 'docker', 'busybox', 'compiler', 'python', 'go'))(
  'in a container',
  () => {
    const names: string[] = []
    let docker: TestDocker
    afterAll(() => {
      if (names.length > 0) docker.tryCli('rm', '--force', ...names)
    })

    /** Runs it as PID 1 under 512 MiB and writes its bill. */
    async function billed(
      recipe: ImageRecipe,
      command: readonly string[],
    ): Promise<{ view: RuntimeView; truth: Truth; charge: number }> {
      docker = await testDocker()
      const name = `stella-test-${process.pid}-language-${names.length}`
      names.push(name)
      const image = await docker.image(recipe)
      const limit = ['--memory=512m', '--memory-swap=512m', '--network=none']
      docker.cli('run', '--detach', `--name=${name}`, ...limit, image, ...command)
      const said = await until('it holds', () => {
        const { stdout } = docker.tryCli('logs', name)
        return stdout.includes('\n') && stdout
      })
      const reader = hostReader({ env: { ...process.env, ...docker.env } })
      const target = { kind: 'container', engine: 'docker', name } as const
      const evidence = await collectBill(target, { ask: true, reader })
      const bill = billFrom(evidence.world, evidence.target, evidence.asked)
      const [view, ...more] = bill.runtimes
      if (view === undefined || more.length > 0) throw new Error(`${more.length + 1} views`)
      expectWhole(view)
      return { view, truth: truthIn(said), charge: bill.chargeBytes }
    }

    /** The program as a file of the image. */
    function withProgram(recipe: ImageRecipe, file: string): ImageRecipe {
      return { ...recipe, name: `${recipe.name}-hold`, files: [...recipe.files, file] }
    }

    it('Node tells the limit of its container', async () => {
      const script = join(PROGRAMS, 'hold.cjs')
      const recipe = withProgram(nodeImage(), script)
      const { view, truth, charge } = await billed(recipe, ['node', script, 'buffers', '100'])
      expect(view.version).toBe(`Node ${process.versions.node}`)
      expect(view.items[0]?.capBytes).toBe(truth['heapLimit'])
      expectAbout(itemBytes(view, 'Buffers'), HELD, 8 * MIB)
      expect(charge).toBeGreaterThan(HELD)
    })

    it('Python is told by its program', async () => {
      const script = join(PROGRAMS, 'hold.py')
      const recipe = withProgram(pythonImage(), script)
      const { view } = await billed(recipe, ['python3', script, 'middle', '100'])
      expect(view.version).toMatch(/^Python 3\.\d+/)
      expectAbout(itemBytes(view, 'malloc, [heap]'), HELD, 4 * MIB)
    })

    it('Go is told by what its linker wrote', async () => {
      const program = join(testbedFolder('bin'), 'hold-in-image')
      copyFileSync(await goProgram('hold'), program)
      const recipe = { name: 'stella-test/go', files: [program] }
      const { view } = await billed(recipe, [program, 'slices', '100'])
      expect(view.version).toMatch(/^Go 1\.\d+/)
      expectAbout(itemBytes(view, 'Go heap'), HELD, 8 * MIB)
      expect(view.findings[0]).toContain('Set GOMEMLIMIT=460MiB')
    })
  },
)
