import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { get } from 'node:http'
import { memoryVersion, pidsIn, readGroupTexts } from './group-texts.ts'
import type { GroupTexts, Texts } from './group-texts.ts'

/** What real tools showed for one container, and what the kernel said before and after. */
export interface ToolsRecording {
  engine: 'docker' | 'podman'
  engineVersion: string
  kernel: string
  cgroup: 1 | 2
  id: string
  pid: number
  path: string
  before: GroupTexts
  /** Standard output, by tool. */
  shown: Texts
  after: GroupTexts
  /** `free -b`, between two readings of meminfo that saw the machine standing still. */
  free: { before: string; host: string; after: string }
}

export interface RecordedContainer {
  engine: 'docker' | 'podman'
  name: string
  /** Of the engine's API; null where there is none. */
  socket: string | null
  /** Environment that points the engine's program at it. */
  env: Readonly<Record<string, string>>
}

/** Runs the real tools on a running container, between two readings of its files. */
export async function recordTools(container: RecordedContainer): Promise<ToolsRecording> {
  const { engine, name } = container
  const ask = (...args: string[]): string => say(engine, args, container.env)
  const id = ask('inspect', '--format', '{{.Id}}', name).trim()
  const pid = Number(ask('inspect', '--format', '{{.State.Pid}}', name).trim())
  const cgroup = memoryVersion()
  const path = memoryPath(pid, cgroup)
  const before = readGroupTexts(path)
  const pids = pidsIn(before.group)
  const shown = {
    stats: ask('stats', '--no-stream', '--format', '{{.MemUsage}}', name),
    ps: say('ps', ['-o', 'pid=,rss=,vsz=', '-p', pids.join(',')]),
    top: say('top', ['-b', '-n', '1', '-p', String(pid)]),
    smaps: pids.map(smapsOf).join('\n'),
    'systemd-cgtop': cgtopLine(path),
    ...(container.socket === null ? {} : { API: await apiUsage(container.socket, id) }),
  }
  const after = readGroupTexts(path)
  return {
    engine,
    engineVersion: ask('version', '--format', '{{.Client.Version}}').trim(),
    kernel: readFileSync('/proc/sys/kernel/osrelease', 'utf8').trim(),
    cgroup,
    id,
    pid,
    path,
    before,
    shown,
    after,
    free: freeStandingStill(),
  }
}

function say(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): string {
  const { status, stdout, stderr } = spawnSync(program, args, {
    env: { ...process.env, LC_ALL: 'C', ...env },
    encoding: 'utf8',
    timeout: 120_000,
  })
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: exit ${status}\n${stderr}`)
  return stdout
}

function memoryPath(pid: number, cgroup: 1 | 2): string {
  const pattern = cgroup === 1 ? /^\d+:(?:[^:]*,)?memory(?:,[^:]*)?:(.*)$/m : /^0::(.*)$/m
  const path = pattern.exec(readFileSync(`/proc/${pid}/cgroup`, 'utf8'))?.[1]
  if (path === undefined) throw new Error(`process ${pid} has no memory group`)
  return path
}

/** The sums of /proc/PID/smaps, mapping by mapping: another way to the same shares. */
function smapsOf(pid: number): string {
  const text = readFileSync(`/proc/${pid}/smaps`, 'utf8')
  const sum = (field: RegExp): number =>
    [...text.matchAll(field)].reduce((total, [, kib]) => total + Number(kib), 0)
  const mappings = [...text.matchAll(/^Pss:/gm)].length
  return `${pid} pss=${sum(/^Pss: +(\d+) kB$/gm)} private=${sum(/^Private_(?:Clean|Dirty): +(\d+) kB$/gm)} mappings=${mappings}`
}

/** Path, tasks, CPU, memory, input, output; without systemd as process 1 it reads the cgroup files all the same. */
function cgtopLine(path: string): string {
  const depth = String(path.split('/').length)
  const lines = say('systemd-cgtop', [
    '--batch',
    '--iterations=1',
    '--raw',
    '-m',
    `--depth=${depth}`,
  ])
  // On cgroup v2 it leaves the first slash out.
  const names = [`${path} `, `${path.slice(1)} `]
  return lines.split('\n').find((line) => names.some((name) => line.startsWith(name))) ?? ''
}

function apiUsage(socketPath: string, id: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const path = `/containers/${id}/stats?stream=false&one-shot=true`
    const request = get({ socketPath, path }, (response) => {
      let body = ''
      response.on('data', (chunk: Buffer) => (body += chunk.toString()))
      response.on('end', () => {
        const usage: unknown = JSON.parse(body)?.memory_stats?.usage
        resolve(String(usage))
      })
    })
    request.on('error', reject)
  })
}

/** The machine is never quite still: between two moments its memory may differ by this much. */
export const STILL_BYTES = 512 * 1024

function freeStandingStill(): ToolsRecording['free'] {
  for (let tries = 0; tries < 30; tries++) {
    const before = readFileSync('/proc/meminfo', 'utf8')
    const host = say('free', ['-b'])
    const after = readFileSync('/proc/meminfo', 'utf8')
    if (Math.abs(available(before) - available(after)) * 1024 <= STILL_BYTES)
      return { before, host, after }
  }
  throw new Error('the memory of this machine does not stand still for a moment')
}

function available(meminfo: string): number {
  return Number(/^MemAvailable: +(\d+) kB$/m.exec(meminfo)?.[1])
}
