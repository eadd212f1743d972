import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { MIB } from '../../src/model/bytes.ts'
import { testDocker } from '../support/docker.ts'
import type { TestDocker } from '../support/docker.ts'
import { expectShown } from '../support/expect-shown.ts'
import { pythonImage } from '../support/images.ts'
import { requireParts } from '../support/parts.ts'
import { testPodman } from '../support/podman.ts'
import type { TestPodman } from '../support/podman.ts'
import { recordTools } from '../support/record-tools.ts'
import type { ToolsRecording } from '../support/record-tools.ts'
import { figuresFor } from '../support/shown-by-tools.ts'
import { until } from '../support/testbed.ts'

const LOAD = join(import.meta.dirname, '../support/mixed-load.py')
const OPTIONS = [
  '--detach',
  '--network=none',
  '--memory=256m',
  '--memory-swap=256m',
  '--shm-size=32m',
  `--volume=${LOAD}:/load.py:ro`,
]
const COMMAND = ['python3', '/load.py']

/** Runs the load in a container of its own, and every tool on it. */
async function record(
  engine: TestDocker | TestPodman,
  which: { engine: 'docker' | 'podman'; socket: string | null },
): Promise<ToolsRecording> {
  const image = await engine.image(pythonImage())
  const name = `stella-test-${process.pid}-tools-${which.engine}`
  try {
    engine.cli('run', ...OPTIONS, `--name=${name}`, image, ...COMMAND)
    await until('the load is there', () => {
      const said = engine.cli('logs', name).split('\n')
      return said.includes('ready') && said.filter((line) => line === 'child').length === 3
    })
    return await recordTools({ ...which, name, env: engine.env })
  } finally {
    engine.tryCli('rm', '--force', name)
  }
}

describe.skipIf(requireParts('root', 'docker', 'busybox', 'compiler', 'python', 'tools'))(
  'figures of tools for a Docker container',
  () => {
    let recording: ToolsRecording

    beforeAll(async () => {
      const docker = await testDocker()
      recording = await record(docker, { engine: 'docker', socket: docker.socket })
    })

    it('are what docker stats, the API, ps, top, systemd-cgtop, smaps and free show', () => {
      expectShown(recording)
    })

    it('differ as they must: the load holds memory of every kind', () => {
      const figures = figuresFor(recording, recording.after)
      const bytes = (tool: string): number => figures.get(tool)?.bytes ?? Number.NaN
      // 30 MiB were written and not read again; 15 MiB of tmpfs are mapped by four processes.
      expect(bytes('cgroup') - bytes('docker stats')).toBeGreaterThan(29 * MIB)
      expect(bytes('ps RSS') - bytes('PSS')).toBeGreaterThan(3 * 15 * MIB)
      expect(bytes('ps VSZ')).toBeGreaterThan(bytes('ps RSS'))
      expect(bytes('USS')).toBeLessThan(bytes('PSS'))
      expect(bytes('cgroup peak')).toBeGreaterThanOrEqual(bytes('cgroup'))
    })
  },
)

describe.skipIf(requireParts('root', 'podman', 'busybox', 'compiler', 'python', 'tools'))(
  'figures of tools for a Podman container',
  () => {
    it('are what podman stats of this version and the others show', async () => {
      expectShown(await record(testPodman(), { engine: 'podman', socket: null }))
    })
  },
)
