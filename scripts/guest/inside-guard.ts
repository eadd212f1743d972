/**
 * Runs in a guest: a guarded service grows in a group of cgroup v2, first below `memory.high` of its own, then, when that was taken
 * away, below `memory.max` of the group above. Writes down what the guard saw, and how it ended. `node scripts/guest/inside-guard.ts`
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { createMemoryGuard } from '../../guard/src/index.ts'
import type { Constraint, LeaveReason, Pressure, Tier } from '../../guard/src/index.ts'
import { KIB, MIB } from '../../src/model/bytes.ts'
import {
  delegateMemory,
  dropGroup,
  makeGroup,
  memoryEvent,
  setGroup,
  startIn,
  until,
} from './lab.ts'

export interface GuardPlayed {
  exitCode: number
  /** Of both groups. */
  kills: number
  seen: GuardSaw
}

interface GuardSaw {
  /** What it could run into at first. */
  first: readonly Constraint[]
  /** Which one it was that bound at each new tier. */
  tiers: { tier: Tier; binding: Constraint }[]
  pressure: Pressure | null
  leaving: LeaveReason | null
}

const [OUTER, OWN] = ['/guarded', '/guarded/app']
const [HIGH, MAX] = [120 * MIB, 160 * MIB]
const [SAW, EVICTS] = ['/out/guard-saw.json', '/dev/shm/stella-evicts']
/** V8 now and then dies by a signal under emulation, which no kernel counts as a kill. */
const TRIES = 3

if (process.argv[2] === 'service') await serve()
else writeFileSync('/out/guard.json', JSON.stringify(await play()))

async function play(): Promise<GuardPlayed> {
  for (let tried = 1; ; tried++) {
    const played = await playOnce()
    const diedOfItself = played.exitCode >= 128 && played.kills === 0
    if (!diedOfItself || tried >= TRIES) return played
  }
}

async function playOnce(): Promise<GuardPlayed> {
  rmSync(EVICTS, { force: true })
  makeGroup(OUTER, { 'memory.max': String(MAX) })
  delegateMemory(OUTER)
  makeGroup(OWN, { 'memory.high': String(HIGH) })
  try {
    let hasEnded = false
    const job = startIn(OWN, `exec ${process.execPath} ${process.argv[1]} service`)
    void job.ended.then(() => (hasEnded = true))
    await until('it evicts', () => hasEnded || existsSync(EVICTS))
    if (!hasEnded) setGroup(OWN, 'memory.high', 'max')
    const exitCode = await job.ended
    const kills = memoryEvent(OUTER, 'oom_kill')
    const seen: GuardSaw = JSON.parse(readFileSync(SAW, 'utf8'))
    return { exitCode, kills, seen }
  } finally {
    for (const group of [OWN, OUTER]) await dropGroup(group)
  }
}

async function serve(): Promise<void> {
  const guard = createMemoryGuard()
  const saw: GuardSaw = {
    ...{ first: guard.sample.constraints, tiers: [], pressure: null, leaving: null },
  }
  guard.onTier((tier) => {
    saw.tiers.push({ tier, binding: guard.sample.binding })
    if (tier === 'evict') writeFileSync(EVICTS, '')
  })
  guard.onDrain(() => {
    const { leaving, sample } = guard
    writeFileSync(SAW, JSON.stringify({ ...saw, leaving, pressure: sample.pressure }))
  })
  const kept: Buffer[] = []
  for (;;) {
    kept.push(Buffer.alloc(256 * KIB, 1))
    await sleep(20)
  }
}
