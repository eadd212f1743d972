import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import * as z from 'zod/mini'
import { liveEngine } from '../../src/cli/live-engine.ts'
import { MIB } from '../../src/model/bytes.ts'
import { createGroup, type TestGroup, type TestProcess } from './cgroups.ts'
import { stella } from './command-line.ts'
import { run, until } from './testbed.ts'

/** One process of a group that will run out. */
export interface SceneMember {
  mib: number
  oomScoreAdj: number
  /** Lives in a group below the one with the limit. */
  nested: boolean
}

export interface OomScene {
  name: string
  members: readonly SceneMember[]
  /** memory.oom.group of the outer or the inner group; cgroup v2 alone. */
  oomGroup?: 'outer' | 'inner'
  /** Of the small one that grows until the limit is reached. */
  lastAdj?: number
}

/** Members are called m0, m1, …; the one that grows is called last. */
export interface PlayedScene {
  name: string
  foretold: readonly string[]
  closeCall: boolean
  /** In the order in which the kernel killed them. */
  killed: readonly string[]
  path: string
}

const Foretold = z.object({
  victims: z.array(z.object({ pid: z.number(), name: z.string() })),
  closeCall: z.boolean(),
})

/** Starts the members, asks who would die, lets a small one grow until the limit is reached, and sees who died. */
export async function playScene(
  program: string,
  scene: OomScene,
  made: (group: TestGroup) => void,
): Promise<PlayedScene> {
  const outer = createGroup(`oom-${scene.name}`)
  made(outer)
  const inner = outer.child('inner')
  // A group of v2 that has groups below it holds no processes itself.
  const own = outer.version === 1 ? outer : outer.child('own')
  const processes = await Promise.all(
    scene.members.map((member, at) =>
      startHog(program, member.nested ? inner : own, [`name=m${at}`, `anon=${member.mib}M`]),
    ),
  )
  for (const [at, { oomScoreAdj }] of scene.members.entries()) {
    adjust(processes[at], oomScoreAdj)
  }
  limitWithRoom(outer, 6)
  // It waits at the pipe until somebody writes there.
  const pipe = join(mkdtempSync(join(tmpdir(), 'stella-scene-')), 'go')
  run(['mkfifo', pipe])
  const grows = [`read=${pipe}`, 'grow=256K,5,9M', 'stay']
  const last = await startHog(program, own, ['name=last', 'anon=1M'], grows)
  adjust(last, scene.lastAdj ?? 0)
  if (scene.oomGroup !== undefined) {
    const flagged = scene.oomGroup === 'outer' ? outer : inner
    flagged.write('memory.oom.group', '1')
  }
  const { victims, closeCall } = await foretell(outer)

  const before = killLines()
  await writeFile(pipe, 'go')
  rmSync(dirname(pipe), { recursive: true })
  const names = new Map(
    [...processes, last].map(({ pid }, at) => [pid, at < processes.length ? `m${at}` : 'last']),
  )
  await until('the kernel kills one of them', () => killedSince(before, names).length > 0)
  // Those of a group are killed at once; their lines come one after the other.
  await new Promise((resolve) => setTimeout(resolve, scene.oomGroup === undefined ? 0 : 300))
  const killed = killedSince(before, names)
  return {
    name: scene.name,
    foretold: victims.map(({ name }) => name),
    closeCall,
    killed,
    path: outer.path,
  }
}

/** What `stella simulate oom` says about a living group. */
export async function foretell(group: TestGroup): Promise<z.infer<typeof Foretold>> {
  const { out, err } = await stella(['simulate', 'oom', `cgroup:${group.path}`, '--json'], {
    engine: liveEngine,
  })
  if (err !== '') throw new Error(err)
  return Foretold.parse(JSON.parse(out))
}

/** Starts a hog and waits until it has done the words before `say=ready`. */
export async function startHog(
  program: string,
  group: TestGroup,
  before: readonly string[],
  after: readonly string[] = ['stay'],
  starter: readonly string[] = [],
): Promise<TestProcess> {
  const started = group.start([...starter, program, ...before, 'say=ready', ...after])
  let said = ''
  started.child.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()))
  await until(`${before[0]} has its memory`, () => said.includes('ready'))
  return started
}

/** Sets a limit a little above what is in use, and reads it back. */
export function limitWithRoom(group: TestGroup, mib: number): void {
  const [usage, limit] =
    group.version === 1
      ? ['memory.usage_in_bytes', 'memory.limit_in_bytes']
      : ['memory.current', 'memory.max']
  const limitBytes = Math.ceil(Number(group.read(usage)) / MIB + mib) * MIB
  group.write(limit, String(limitBytes))
  const holds = group.read(limit).trim()
  if (holds !== String(limitBytes)) throw new Error(`${limit} holds ${holds}`)
}

function adjust(started: TestProcess | undefined, oomScoreAdj: number): void {
  if (started !== undefined && oomScoreAdj !== 0) {
    writeFileSync(`/proc/${started.pid}/oom_score_adj`, String(oomScoreAdj))
  }
}

/** Kill lines are never rate-limited, and the first of a group's stands there twice; PIDs come again. */
function killedSince(before: ReadonlySet<string>, names: ReadonlyMap<number, string>): string[] {
  const killed = [...killLines()]
    .filter((line) => !before.has(line))
    .flatMap((line) => names.get(Number(/Killed process (\d+) /.exec(line)?.[1])) ?? [])
  return [...new Set(killed)]
}

/** With their times, so that each is another one. Clocks are not compared: under emulation the log's runs apart from ours. */
function killLines(): Set<string> {
  return new Set(
    run(['dmesg'])
      .split('\n')
      .filter((line) => line.includes('Killed process ')),
  )
}

/** Two to six processes; the first place is decided by more than the last one can grow. */
export function anyMembers(random: () => number, leastAdj: number): SceneMember[] {
  for (;;) {
    const members = Array.from({ length: 2 + Math.floor(random() * 5) }, () => ({
      mib: 4 + Math.floor(random() * 28),
      oomScoreAdj: random() < 0.5 ? 0 : Math.floor(leastAdj + random() * (900 - leastAdj)),
      nested: random() < 0.3,
    }))
    const limit = members.reduce((sum, { mib }) => sum + mib, 8)
    const weights = members.map(({ mib, oomScoreAdj }) => mib + (oomScoreAdj * limit) / 1000)
    const [first = 0, second = 0] = weights.toSorted((a, b) => b - a)
    if (first > 16 && first - second > 4) return members
  }
}

/** Mulberry32: the same scenes in each run. */
export function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
