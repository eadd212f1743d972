import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const CGROUPS = '/sys/fs/cgroup'

/** Files of a memory group of cgroup v2 and what is to stand in them. */
export type GroupSettings = Readonly<Record<`memory.${string}`, string>>

export interface Job {
  pid: number
  /** How it ended, as a shell tells it; waits for the end. */
  ended: Promise<number>
  kill(signal: NodeJS.Signals): void
}

/** Makes a group and reads back each setting, so that nothing grows without its limit. */
export function makeGroup(path: string, settings: GroupSettings): void {
  const folder = join(CGROUPS, path)
  mkdirSync(folder)
  for (const [file, value] of Object.entries(settings)) setGroup(path, file, value)
}

export function setGroup(path: string, file: string, value: string): void {
  const name = join(CGROUPS, path, file)
  writeFileSync(name, value)
  const found = readFileSync(name, 'utf8').trim()
  if (found !== value) throw new Error(`${name} holds ${found}, not ${value}`)
}

/** Lets the groups below a group have limits of their own. */
export function delegateMemory(path: string): void {
  writeFileSync(join(CGROUPS, path, 'cgroup.subtree_control'), '+memory')
}

export function readGroup(path: string, file: string): string {
  return readFileSync(join(CGROUPS, path, file), 'utf8')
}

/** One counter of a group's memory.events. */
export function memoryEvent(path: string, name: string): number {
  const line = readGroup(path, 'memory.events')
    .split('\n')
    .find((entry) => entry.startsWith(`${name} `))
  return Number(line?.split(' ')[1] ?? 0)
}

/** Starts shell commands as the main process of a group. `exec` in them keeps the process the same. */
export function startIn(path: string, script: string, oomScoreAdj = 0): Job {
  const enter = `echo $$ >${join(CGROUPS, path)}/cgroup.procs; echo ${oomScoreAdj} >/proc/self/oom_score_adj;`
  const child = spawn('bash', ['-c', `${enter} ${script}`], { stdio: 'ignore' })
  return {
    pid: child.pid ?? 0,
    ended: endOf(child),
    kill: (signal) => void child.kill(signal),
  }
}

/** Shell command of a program with a name of its own that takes so much memory, touches it, and waits. */
export function holding(name: string, mib: number): string {
  return `perl -e '$0="${name}"; $m=1<<20; push @x, "x"x$m for 1..shift; sleep 1000' ${mib}`
}

/** Waits until something holds; a scenario that does not come about is an error. */
export async function until(what: string, holds: () => boolean, seconds = 60): Promise<void> {
  const end = Date.now() + seconds * 1000
  while (!holds()) {
    if (Date.now() > end) throw new Error(`still not so after ${seconds} s: ${what}`)
    await sleep(50)
  }
}

/** Takes what is left of a group off the machine, its children first given. */
export async function dropGroup(path: string): Promise<void> {
  const folder = join(CGROUPS, path)
  if (!existsSync(folder)) return
  await until(`${path} is empty`, () => {
    for (const pid of readGroup(path, 'cgroup.procs').split('\n').filter(Boolean))
      killPid(Number(pid))
    return readGroup(path, 'cgroup.procs') === ''
  })
  await until(`${path} is removed`, () => removeFolder(folder))
}

function killPid(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended by itself.
  }
}

function removeFolder(folder: string): boolean {
  try {
    rmdirSync(folder)
    return true
  } catch {
    return false
  }
}

function endOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? (signal === 'SIGKILL' ? 137 : 128)))
  })
}
