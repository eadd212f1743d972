/** Processes and containers that die of memory, each under a name of its own, and an engine that is started again now and then. */
import { MIB } from '../../src/model/bytes.ts'
import { createGroup } from '../../test/support/cgroups.ts'
import type { TestGroup } from '../../test/support/cgroups.ts'
import { stopDocker, testDocker } from '../../test/support/docker.ts'
import { hog } from '../../test/support/hog.ts'

export interface Kill {
  /** The name of the process that the kernel ended. */
  victim: string
  kind: string
  at: number
}

export interface Killer {
  readonly engineSocket: string
  readonly kills: readonly Kill[]
  /** Makes the next one, each time in another way. */
  next(): Promise<void>
  restartEngine(): Promise<void>
  end(): Promise<void>
}

const LIMIT = 12 * MIB
const SIZE = 'anon=64M'
/** More than one file of the log of a container holds, so that it is rotated while it is followed. */
const CHATTER =
  'i=0; while [ $i -lt 400 ]; do echo "line $i of a program that says much"; i=$((i+1)); done; '
const LOGS = ['--log-driver=json-file', '--log-opt=max-size=8k', '--log-opt=max-file=2']
/** Containers that have ended stay for a while, as they do with people. */
const KEPT = 6

export async function openKiller(): Promise<Killer> {
  const program = await hog()
  const docker = await testDocker()
  const image = await docker.image()
  const kills: Kill[] = []
  const containers: string[] = []
  let count = 0

  async function inGroup(group: TestGroup, inside: TestGroup, victim: string): Promise<void> {
    try {
      const { ended } = inside.start([program, `name=${victim}`, SIZE])
      const { signal } = await ended
      if (signal !== 'SIGKILL') throw new Error('the kernel did not end it')
    } finally {
      await group.remove()
    }
  }

  function container(victim: string, options: readonly string[], script: string): void {
    const name = `stella-test-${process.pid}-${victim}`
    const start = ['run', '--network=none', `--name=${name}`, ...LOGS, ...options, image]
    containers.push(name)
    // What it says and its exit code do not matter here.
    docker.tryCli(...start, 'sh', '-c', `${CHATTER}${script}`)
    const killed = docker.tryCli('inspect', '--format={{.State.Status}} {{.State.Error}}', name)
    if (!killed.stdout.startsWith('exited')) {
      throw new Error(`container is ${killed.stdout.trim()} ${killed.stderr.trim()}`)
    }
    while (containers.length > KEPT) docker.tryCli('rm', '--force', containers.shift() ?? '')
  }

  const kinds: Readonly<Record<string, (victim: string) => Promise<void> | void>> = {
    async own(victim) {
      const group = createGroup(victim, LIMIT)
      await inGroup(group, group, victim)
    },
    'container, own': (victim) =>
      container(victim, ['--memory=16m'], `exec hog name=${victim} ${SIZE}`),
    async parent(victim) {
      const group = createGroup(victim, LIMIT)
      await inGroup(group, group.child('inner'), victim)
    },
    'container, a child': (victim) =>
      container(victim, ['--memory=16m'], `hog name=${victim} ${SIZE}; sleep 2; exit 0`),
    async 'container, parent'(victim) {
      const group = createGroup(victim, LIMIT)
      try {
        container(victim, [`--cgroup-parent=${group.path}`], `exec hog name=${victim} ${SIZE}`)
      } finally {
        await group.remove()
      }
    },
  }

  return {
    engineSocket: docker.socket,
    kills,
    async next() {
      const names = Object.keys(kinds)
      const kind = names[count % names.length] ?? ''
      const victim = `sk${process.pid % 100_000}x${count++}`
      await kinds[kind]?.(victim)
      kills.push({ victim, kind, at: Date.now() })
    },
    async restartEngine() {
      await stopDocker()
      await testDocker()
    },
    async end() {
      if (containers.length > 0) docker.tryCli('rm', '--force', ...containers)
      await stopDocker()
    },
  }
}
