import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { collect } from '../../src/investigate/collect.ts'
import type { World } from '../../src/model/evidence.ts'
import { hostReader } from '../../src/sources/reader.ts'
import { testDocker } from '../support/docker.ts'
import type { TestDocker } from '../support/docker.ts'
import { nodeImage, pythonImage } from '../support/images.ts'
import type { ImageRecipe } from '../support/images.ts'
import { roomForReports } from '../support/oom-reports.ts'
import { requireParts } from '../support/parts.ts'
import { factsOf, reportsAbout } from '../support/world.ts'

describe.skipIf(requireParts('root', 'kmsg', 'docker', 'busybox', 'compiler', 'python'))(
  'runtimes in real containers',
  () => {
    const names: string[] = []
    let docker: TestDocker

    beforeAll(async () => {
      docker = await testDocker()
    }, 120_000)
    beforeEach(roomForReports)
    afterAll(() => {
      if (names.length > 0) docker.tryCli('rm', '--force', ...names)
    })

    async function runAndAsk(
      recipe: ImageRecipe,
      options: readonly string[],
      command: readonly string[],
    ): Promise<{ status: number | null; world: World; path: string }> {
      const name = `stella-test-${process.pid}-runtime-${names.length}`
      names.push(name)
      const image = await docker.image(recipe)
      const common = ['--network=none', `--name=${name}`, ...options]
      const { status } = docker.tryCli('run', ...common, image, ...command)
      const reader = hostReader({ env: { ...process.env, ...docker.env } })
      const { world } = await collect({ kind: 'container', engine: 'docker', name }, { reader })
      const [state] = factsOf(world, 'container-state')
      return { status, world, path: `/docker/${state?.id}` }
    }

    const limit = ['--memory=512m', '--memory-swap=512m']

    it('shows that V8 gave up at its own heap limit, and the kernel killed nobody', async () => {
      const grow =
        'const all = []; for (;;) all.push(new Array(1000).fill({}).map((x) => ({ ...x })))'
      const { status, world, path } = await runAndAsk(
        nodeImage(),
        ['--init', ...limit],
        ['node', '--max-old-space-size=32', '-e', grow],
      )
      expect(status).toBe(134)
      expect(factsOf(world, 'runtime-oom')).toContainEqual(
        expect.objectContaining({ runtime: 'node', area: 'heap', fatal: true }),
      )
      expect(reportsAbout(world, path)).toEqual([])
    })

    it('shows a MemoryError of Python for what it is', async () => {
      const program =
        'import resource; resource.setrlimit(resource.RLIMIT_AS, (200 << 20,) * 2); bytearray(1 << 30)'
      const { status, world, path } = await runAndAsk(pythonImage(), limit, [
        'python3',
        '-c',
        program,
      ])
      expect(status).toBe(1)
      expect(factsOf(world, 'runtime-oom')[0]?.runtime).toBe('python')
      expect(reportsAbout(world, path)).toEqual([])
    })

    it('shows that the kernel came first where the limit is smaller than the heap', async () => {
      const { status, world, path } = await runAndAsk(
        nodeImage(),
        ['--memory=64m', '--memory-swap=64m'],
        ['node', '-e', 'const all = []; for (;;) all.push(Buffer.alloc(1 << 20, 1))'],
      )
      expect(status).toBe(137)
      expect(factsOf(world, 'runtime-oom')).toEqual([])
      expect(reportsAbout(world, path)[0]?.kills).toHaveLength(1)
    })
  },
)
