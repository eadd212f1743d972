/**
 * Runs in a guest: watches groups of cgroup v2 while one grows, one is held back and one is killed, and writes down every
 * round. `node scripts/guest/inside-top.ts HOG`
 */
import { writeFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { MIB } from '../../src/model/bytes.ts'
import { hostReader } from '../../src/sources/reader.ts'
import type { Snapshot } from '../../src/watch/row.ts'
import { openWatcher } from '../../src/watch/watcher.ts'
import {
  delegateMemory,
  dropGroup,
  makeGroup,
  memoryEvent,
  readGroup,
  startIn,
  until,
} from './lab.ts'

/** What the groups did, and what the rounds told. */
export interface TopPlayed {
  rounds: readonly Snapshot[]
  /** Of the group that grows, between the first round and the last: by its own counter. */
  bytesPerSecond: number
  usedBytes: number
}

const ROUNDS = 24

const [program = ''] = process.argv.slice(2)
const groups = ['/top', '/top/growing', '/top/idle', '/held', '/killed'] as const
makeGroup('/top', { 'memory.max': String(256 * MIB) })
delegateMemory('/top')
makeGroup('/top/growing', { 'memory.max': String(512 * MIB) })
makeGroup('/top/idle', { 'memory.max': 'max' })
makeGroup('/held', { 'memory.high': String(8 * MIB) })
makeGroup('/killed', { 'memory.max': String(8 * MIB) })
try {
  writeFileSync('/out/top.json', JSON.stringify(await play()))
} finally {
  for (const group of groups.toReversed()) await dropGroup(group)
}

async function play(): Promise<TopPlayed> {
  startIn('/top/idle', `exec ${program} anon=8M stay`)
  startIn('/top/growing', `exec ${program} grow=512K,200,128M stay`)
  await until('it grows', () => used() > 2 * MIB)
  const watcher = openWatcher(hostReader(), { loadEngines: async () => [] })
  const rounds = [watcher.sample()]
  startIn('/held', `exec ${program} anon=16M stay`)
  startIn('/killed', `exec ${program} anon=64M stay`)
  await until('one is killed', () => memoryEvent('/killed', 'oom_kill') > 0)
  const [from, since] = [used(), performance.now()]
  for (let round = 0; round < ROUNDS; round++) {
    await pause(500)
    rounds.push(watcher.sample())
  }
  const usedBytes = used()
  watcher.close()
  const seconds = (performance.now() - since) / 1_000
  return { rounds, bytesPerSecond: (usedBytes - from) / seconds, usedBytes }
}

function used(): number {
  return Number(readGroup('/top/growing', 'memory.current'))
}
