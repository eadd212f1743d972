/** Runs a program with all that it starts, and tells how long it took, what it computed, and how much memory it had at most. */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { pipeline } from 'node:stream/promises'
import { Readable } from 'node:stream'
import { createGroup } from '../../test/support/cgroups.ts'
import type { TestGroup } from '../../test/support/cgroups.ts'

export interface Run {
  /** 128 + n for signal n. */
  exitCode: number
  wallMs: number
  /** User and system, of all processes. */
  cpuMs: number
  /** The most that the processes had resident at one time, each taken at its own largest: never too little. */
  peakBytes: number
  /** Times the kernel killed for the limit. */
  kills: number
  stderr: string
}

export interface RunOptions {
  /** Of a cgroup around it, without swap; null: none. */
  limitBytes?: number | null
  input?: (() => AsyncIterable<Uint8Array>) | null
  env?: Readonly<Record<string, string>>
}

const POLL_MS = 10
/** The program joins the group before it becomes itself; what its processes computed is told on a descriptor of its own. */
const SCRIPT =
  '(echo "$BASHPID" > "$0/cgroup.procs"; exec "$@" 3>&-); status=$?; times >&3; exit "$status"'
let count = 0

export async function measured(argv: readonly string[], options: RunOptions = {}): Promise<Run> {
  const { limitBytes = null, input = null, env = {} } = options
  const group = createGroup(`scan-${count++}`, limitBytes ?? undefined)
  try {
    const started = performance.now()
    const child = spawn('bash', ['-c', SCRIPT, group.folder, ...argv], {
      env: { ...process.env, ...env },
      stdio: [input === null ? 'ignore' : 'pipe', 'ignore', 'pipe', 'pipe'],
    })
    let wallMs = 0
    const ended = new Promise<number>((resolve) => {
      child.on('exit', () => {
        wallMs = performance.now() - started
      })
      child.on('close', (code) => {
        resolve(code ?? 255)
      })
    })
    const stderr = textOf(child.stderr)
    const times = textOf(child.stdio[3])
    const feeding =
      input === null || child.stdin === null
        ? Promise.resolve()
        : pipeline(Readable.from(input()), child.stdin).catch(() => {})
    let peakBytes = 0
    while (child.exitCode === null && child.signalCode === null) {
      peakBytes = Math.max(peakBytes, residentBytes(group))
      await setTimeout(POLL_MS)
    }
    const exitCode = await ended
    await feeding
    const said = await stderr
    return {
      exitCode,
      wallMs,
      cpuMs: childTimes(await times),
      peakBytes,
      kills: killsIn(group),
      stderr: said.slice(-2_000),
    }
  } finally {
    await group.remove()
  }
}

async function textOf(stream: unknown): Promise<string> {
  if (!(stream instanceof Readable)) return ''
  const chunks: string[] = []
  for await (const chunk of stream.setEncoding('utf8')) chunks.push(String(chunk))
  return chunks.join('')
}

/** A process that ended in the meantime has no more. */
function residentBytes(group: TestGroup): number {
  let kib = 0
  for (const pid of group.read('cgroup.procs').split('\n')) {
    if (pid === '') continue
    try {
      const status = readFileSync(`/proc/${pid}/status`, 'utf8')
      kib += Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0)
    } catch {
      // It ended.
    }
  }
  return kib * 1024
}

/** The second line of `times` is of the children: `0m1.234s 0m0.567s`. */
function childTimes(text: string): number {
  const children = text.trim().split('\n')[1] ?? ''
  return [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60_000 + Number(seconds) * 1_000,
    0,
  )
}

function killsIn(group: TestGroup): number {
  const file = group.version === 1 ? 'memory.oom_control' : 'memory.events'
  return Number(/^oom_kill (\d+)/m.exec(group.read(file))?.[1] ?? 0)
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
