import { existsSync, writeFileSync } from 'node:fs'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { liveEngine } from '../../src/cli/live-engine.ts'
import { MIB } from '../../src/model/bytes.ts'
import { createGroup } from '../support/cgroups.ts'
import type { TestGroup, TestProcess } from '../support/cgroups.ts'
import { stella } from '../support/command-line.ts'
import { hog } from '../support/hog.ts'
import { roomForReports } from '../support/oom-reports.ts'
import { requireParts } from '../support/parts.ts'
import { run, until } from '../support/testbed.ts'

const KILLS = 30
const AT_A_TIME = 5

const Answer = z.object({
  outcome: z.string(),
  victim: z.object({ pid: z.number(), name: z.string(), badness: z.nullable(z.number()) }),
  closeCall: z.boolean(),
})

interface Member {
  mib: number
  oomScoreAdj: number
  /** Lives in a group below the one with the limit. */
  nested: boolean
}

interface Played {
  foretold: string
  killed: string
  closeCall: boolean
  path: string
}

interface Scene {
  number: number
  members: readonly Member[]
}

const groups: TestGroup[] = []
let program = ''

describe.skipIf(requireParts('root', 'kmsg', 'compiler'))('whom the kernel takes, foretold', () => {
  beforeAll(async () => {
    program = await hog()
  })
  afterEach(async () => {
    for (const made of groups.splice(0).toReversed()) await made.remove()
  })

  it(`is right ${KILLS} times of ${KILLS}`, async () => {
    const random = randomFrom(20_260_501)
    const scenes = Array.from({ length: KILLS }, (_, number) => ({
      number,
      members: members(random),
    }))
    const largest = scenes.map((scene) => largestOf(scene))
    const results: Played[] = []
    while (scenes.length > 0) {
      results.push(...(await Promise.all(scenes.splice(0, AT_A_TIME).map(play))))
    }
    expect(results.map(({ foretold }) => foretold)).toEqual(results.map(({ killed }) => killed))
    expect(results).toHaveLength(KILLS)
    // Not a matter of size alone: adjustments decide some of them.
    expect(results.filter(({ killed }, at) => killed !== largest[at]).length).toBeGreaterThan(5)
  })

  it('says that it is too close to call where two are alike, and knows whom from the table', async () => {
    const alike = { mib: 20, oomScoreAdj: 0, nested: false }
    await roomForReports()
    const { killed, closeCall, path } = await play({
      number: KILLS,
      members: [alike, alike, alike],
    })
    expect(closeCall).toBe(true)

    const { out } = await stella(['simulate', 'oom', '--from', '-', `cgroup:${path}`, '--json'], {
      engine: liveEngine,
      stdin: run(['dmesg']),
    })
    const afterwards = Answer.parse(JSON.parse(out))
    expect(afterwards.victim.name).toBe(killed)
  })

  it('takes the first process of a container as any other', async () => {
    const outer = createGroup('sgd1-init')
    groups.push(outer)
    await start(outer, ['name=child', 'anon=4M'])
    await start(outer, ['name=init', 'anon=20M'], ['stay'], ['unshare', '--pid', '--fork'])
    const limitBytes = limitWithRoom(outer, 6)
    const answer = await foretell(outer)
    expect(answer.victim.name).toBe('init')

    await start(outer, ['name=last'], [`grow=256K,5,7M`, 'stay'])
    await until('init is gone', () => !existsSync(`/proc/${answer.victim.pid}`))
    expect(outer.read(limitFile(outer)).trim()).toBe(String(limitBytes))
  })
})

/** Starts the members, asks who would die, lets a small one grow until the limit is reached, and sees who died. */
async function play({ number, members: all }: Scene): Promise<Played> {
  const outer = createGroup(`sgd1-${number}`)
  groups.push(outer)
  const inner = outer.child('inner')
  const processes = await Promise.all(
    all.map((member, at) =>
      start(member.nested ? inner : outer, [`name=m${at}`, `anon=${member.mib}M`]),
    ),
  )
  for (const [at, { oomScoreAdj }] of all.entries()) {
    writeFileSync(`/proc/${processes[at]?.pid}/oom_score_adj`, String(oomScoreAdj))
  }
  const limitBytes = limitWithRoom(outer, 6)
  const last = await start(outer, ['name=last', 'anon=1M'], ['grow=256K,20,7M', 'stay'])
  last.child.kill('SIGSTOP')

  const answer = await foretell(outer)
  expect(outer.read(limitFile(outer)).trim()).toBe(String(limitBytes))

  const bootSeconds = Number(process.hrtime.bigint()) / 1e9
  last.child.kill('SIGCONT')
  const named = new Map(
    [...processes, last].map(({ pid }, at) => [pid, at < all.length ? `m${at}` : 'last']),
  )
  const killed = await until('the kernel kills one of them', () => firstKilled(named, bootSeconds))
  return { foretold: answer.victim.name, killed, closeCall: answer.closeCall, path: outer.path }
}

/** Which of the processes the kernel log names first. Kill lines are never rate-limited; PIDs come again. */
function firstKilled(named: ReadonlyMap<number, string>, sinceSeconds: number): string | null {
  const lines = run(['dmesg']).matchAll(/^\[ *(\d+\.\d+)\].*Killed process (\d+) /gm)
  const names = [...lines]
    .filter(([, seconds]) => Number(seconds) >= sinceSeconds)
    .map(([, , pid]) => named.get(Number(pid)))
  return names.find((name) => name !== undefined) ?? null
}

async function foretell(group: TestGroup): Promise<z.infer<typeof Answer>> {
  const { out, err } = await stella(['simulate', 'oom', `cgroup:${group.path}`, '--json'], {
    engine: liveEngine,
  })
  expect(err).toBe('')
  return Answer.parse(JSON.parse(out))
}

async function start(
  group: TestGroup,
  before: readonly string[],
  after: readonly string[] = ['stay'],
  starter: readonly string[] = [],
): Promise<TestProcess> {
  const process = group.start([...starter, program, ...before, 'say=ready', ...after])
  let said = ''
  process.child.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()))
  await until(`${before[0]} has its memory`, () => said.includes('ready'))
  return process
}

/** Sets a limit a little above what is in use, and reads it back. */
function limitWithRoom(group: TestGroup, mib: number): number {
  const usage = Number(group.read(group.version === 1 ? 'memory.usage_in_bytes' : 'memory.current'))
  const limitBytes = Math.ceil(usage / MIB + mib) * MIB
  group.write(limitFile(group), String(limitBytes))
  expect(group.read(limitFile(group)).trim()).toBe(String(limitBytes))
  return limitBytes
}

function limitFile({ version }: TestGroup): string {
  return version === 1 ? 'memory.limit_in_bytes' : 'memory.max'
}

/** Two to six processes; the first place is decided by more than the last one can grow. */
function members(random: () => number): Member[] {
  for (;;) {
    const all = Array.from({ length: 2 + Math.floor(random() * 5) }, () => ({
      mib: 4 + Math.floor(random() * 28),
      oomScoreAdj: random() < 0.5 ? 0 : Math.floor(random() * 900),
      nested: random() < 0.3,
    }))
    const limit = all.reduce((sum, { mib }) => sum + mib, 8)
    const weights = all.map(({ mib, oomScoreAdj }) => mib + (oomScoreAdj * limit) / 1000)
    const [first = 0, second = 0] = weights.toSorted((a, b) => b - a)
    if (first > 12 && first - second > 4) return all
  }
}

function largestOf({ members: all }: Scene): string {
  return `m${all.reduce((largest, { mib }, at) => (mib > (all[largest]?.mib ?? 0) ? at : largest), 0)}`
}

/** Mulberry32: the same scenes in each run. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
