/**
 * Runs in a guest: takes memory beside a program, inside a group of its own and in its own group, lowers its limit below what it
 * needs, and kills stella in the middle. Writes down what stella said and what the kernel's files held.
 * `node scripts/guest/inside-pressure.ts HOG`
 */
import { spawn } from 'node:child_process'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { MIB } from '../../src/model/bytes.ts'
import type { Said } from '../../test/support/captured-io.ts'
import { exec, words } from '../lib/exec.ts'
import { LAUNCHER } from '../lib/repo.ts'
import {
  delegateMemory,
  dropGroup,
  makeGroup,
  memoryEvent,
  readGroup,
  startIn,
  until,
} from './lab.ts'

/** A group as it is at one time. */
interface GroupNow {
  max: string
  usedBytes: number
  kills: number
  /** Groups inside it. */
  inside: readonly string[]
}

export interface PressurePlayed {
  said: Readonly<Record<'held' | 'killed', Said>>
  /** The most that was seen in the group while memory was taken beside it. */
  mostBytes: number
  /** By the step after which it was read. */
  groups: Readonly<Record<'held' | 'killed' | 'alone', GroupNow>>
}

const LIMIT = 96 * MIB
const [program = ''] = process.argv.slice(2)
const ALLOWED = '--host-floor 64Mi --psi-ceiling 100 --i-own-this --apply --data /scratch/pressure'

writeFileSync('/out/pressure.json', JSON.stringify(await play()))

async function play(): Promise<PressurePlayed> {
  const [outer, inner, small] = ['/pressed', '/pressed/work', '/small'] as const
  makeGroup(outer, { 'memory.max': String(LIMIT) })
  delegateMemory(outer)
  makeGroup(inner, { 'memory.max': 'max' })
  makeGroup(small, { 'memory.max': String(LIMIT) })
  try {
    startIn(inner, `exec ${program} anon=16M stay`)
    await until('it has its memory', () => used(outer) > 16 * MIB)
    let mostBytes = 0
    const look = setInterval(() => (mostBytes = Math.max(mostBytes, used(outer))), 100)
    const held = await pressure(outer, '--size 32Mi --hold 2s')
    clearInterval(look)
    const heldNow = now(outer)

    const alone = spawn(process.execPath, command(outer, '--size 32Mi --hold 5m'), {
      stdio: 'ignore',
    })
    await until('memory is taken', () => used(outer) > 40 * MIB, 120)
    alone.kill('SIGKILL')
    await until('it is given back', () => now(outer).inside.join() === 'work', 120)
    const aloneNow = now(outer)

    startIn(small, `exec ${program} anon=16M stay`)
    const lowered = pressure(small, '--limit 40Mi --hold 1m')
    await until('its limit is lower', () => now(small).max !== String(LIMIT), 120)
    startIn(small, `exec ${program} anon=48M stay`)
    const killed = await lowered
    return {
      said: { held, killed },
      mostBytes,
      groups: { held: heldNow, alone: aloneNow, killed: now(small) },
    }
  } finally {
    for (const group of [inner, outer, small]) await dropGroup(group)
  }
}

async function pressure(group: string, asked: string): Promise<Said> {
  const argv = [...command(group, asked), '--json']
  const { exitCode, stdout, stderr } = await exec(process.execPath, argv, { timeoutMs: 180_000 })
  return { code: exitCode, out: stdout, err: stderr }
}

function command(group: string, asked: string): string[] {
  return [LAUNCHER, 'pressure', `cgroup:${group}`, ...words(`${asked} --ramp 1s ${ALLOWED}`)]
}

function now(group: string): GroupNow {
  const entries = readdirSync(join('/sys/fs/cgroup', group), { withFileTypes: true })
  return {
    max: readGroup(group, 'memory.max').trim(),
    usedBytes: used(group),
    kills: memoryEvent(group, 'oom_kill'),
    inside: entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])),
  }
}

function used(group: string): number {
  return Number(readGroup(group, 'memory.current'))
}
