import { join } from 'node:path'
import { testDocker } from './docker.ts'
import { pythonImage } from './images.ts'
import { testPodman } from './podman.ts'
import { recordTools } from './record-tools.ts'
import type { ToolsRecording } from './record-tools.ts'
import { until } from './testbed.ts'

const LOAD = join(import.meta.dirname, 'mixed-load.py')
const OPTIONS = [
  '--detach',
  '--network=none',
  '--memory=256m',
  '--memory-swap=256m',
  '--shm-size=32m',
  `--volume=${LOAD}:/load.py:ro`,
]

/** Runs a container of its own with memory of every kind, lets every tool look at it, and removes it. */
export async function recordLoad(engine: 'docker' | 'podman'): Promise<ToolsRecording> {
  const docker = engine === 'docker' ? await testDocker() : null
  const program = docker ?? testPodman()
  const image = await program.image(pythonImage())
  const name = `stella-test-${process.pid}-tools-${engine}`
  try {
    program.cli('run', ...OPTIONS, `--name=${name}`, image, 'python3', '/load.py')
    await until('the load is there', () => isReady(program.cli('logs', name)))
    return await recordTools({ engine, name, socket: docker?.socket ?? null, env: program.env })
  } finally {
    program.tryCli('rm', '--force', name)
  }
}

/** The parent and its three children have said that they have their memory. */
export function isReady(log: string): boolean {
  const said = log.split('\n')
  return said.includes('ready') && said.filter((line) => line === 'child').length === 3
}
