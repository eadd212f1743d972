import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exec, must, words } from '../lib/exec.ts'
import { REPO } from '../lib/repo.ts'
import { NEEDED_MIB, outcomeOf, type Arena, type Room } from './room.ts'

const IMAGE = 'stella-demo'
/** The container runs this machine's own Node, so that no image has to come from a registry. */
const SYSTEM_FOLDERS = ['/usr', '/lib', '/lib64']

/** Containers of Docker or Podman, whose commands are the same here. */
export function engineArena(engine: 'docker' | 'podman'): Arena {
  return {
    id: engine,
    name: engine === 'docker' ? 'a Docker container' : 'a Podman container',
    async whyNot() {
      const answer = await exec(engine, ['version'], { timeoutMs: 10_000 })
      if (answer.exitCode === 127) return `${engine} is not installed`
      return answer.exitCode === 0 ? null : `${engine} does not answer`
    },
    open: (name, limitBytes) => openRoom(engine, name, limitBytes),
  }
}

async function openRoom(engine: string, name: string, limitBytes: number): Promise<Room> {
  const limit = `${limitBytes / 2 ** 20}m`
  const flags = [
    ...words(`-m ${limit} --memory-swap ${limit} --oom-score-adj 1000 --network none`),
    ...SYSTEM_FOLDERS.flatMap((folder) => ['-v', `${folder}:${folder}:ro`]),
    '-v',
    `${REPO}:/stella:ro`,
    '-v',
    `${process.execPath}:/node:ro`,
  ]
  const create = [
    ...words(`create --name ${name}`),
    ...flags,
    ...words(`${IMAGE} /node /stella/scripts/demo/workload.ts ${NEEDED_MIB}`),
  ]
  const close = async (): Promise<void> => {
    await exec(engine, ['rm', '-f', name], { timeoutMs: 30_000 })
    await exec(engine, ['rmi', IMAGE], { timeoutMs: 30_000 })
  }
  try {
    await importEmptyImage(engine)
    await tryContainer(engine, flags)
    await must(engine, create)
    const inspect = ['inspect', '-f', '{{.HostConfig.Memory}}', name]
    const found = Number(await must(engine, inspect))
    if (found !== limitBytes) throw new Error(`${engine} set a limit of ${found} bytes`)
    return {
      target: `${engine}:${name}`,
      made: [`${engine} ${create.join(' ')}`, `${engine} ${inspect.join(' ')}`],
      limitBytes,
      runs: `${engine} start -a ${name}`,
      async start() {
        const child = spawn(engine, ['start', '-a', name], { stdio: ['ignore', 'pipe', 'ignore'] })
        return outcomeOf(child, child.stdout)
      },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** An engine that answers may still be unable to start a container with a limit. */
async function tryContainer(engine: string, flags: readonly string[]): Promise<void> {
  const result = await exec(engine, ['run', '--rm', ...flags, IMAGE, '/usr/bin/true'])
  if (result.exitCode === 0) return
  throw new Error(`${engine} cannot start a container: ${result.stderr.trim().split('\n').at(-1)}`)
}

/** An image with nothing but empty folders, where the machine's own are mounted. */
async function importEmptyImage(engine: string): Promise<void> {
  const work = mkdtempSync(join(tmpdir(), 'stella-demo-'))
  const tar = join(work, 'empty.tar')
  try {
    await must('mkdir', ['-p', ...SYSTEM_FOLDERS.map((folder) => join(work, 'root', folder))])
    await must('tar', ['-C', join(work, 'root'), '-cf', tar, '.'])
    await must(engine, ['import', tar, IMAGE])
  } finally {
    rmSync(work, { recursive: true })
  }
}
