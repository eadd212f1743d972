/**
 * What one round of `stella top` costs over many groups, beside a program in C that only copies the same files:
 * `node bench/speed/round.ts [GROUPS]`
 * The floor is one `cat` that gets all files from xargs. Both are measured in turn, in processor time (user and system), and
 * the medians are compared. The round that is judged is a full one, with limits and the sizes of processes; the usual one
 * leaves those out. Needs root and a C compiler; its groups are removed again.
 */
import { spawnSync } from 'node:child_process'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { hostReader } from '../../src/sources/reader.ts'
import { openTreeSampler } from '../../src/sources/cgroup/tree-sampler.ts'
import { readHostNow } from '../../src/sources/host/live.ts'
import { createTracker } from '../../src/watch/tracker.ts'
import { manyGroups } from './groups.ts'
import type { ManyGroups } from './groups.ts'

const GROUPS = Number(process.argv[2] ?? 1_000)
const ROUNDS = 21
/** What a round may cost, as a multiple of cat. */
const BAR = 1.5

const FILES = {
  1: {
    often: ['memory.usage_in_bytes', 'memory.stat', 'memory.oom_control', 'memory.failcnt'],
    rarely: ['memory.limit_in_bytes'],
  },
  2: {
    often: ['memory.current', 'memory.stat', 'memory.events', 'memory.pressure'],
    rarely: ['memory.max', 'memory.high'],
  },
} as const

await using groups = await manyGroups(GROUPS)
const { version, folders } = groups
const hierarchy = {
  version,
  mountPoint: join(folders[0] ?? '', '../..'),
  mountRoot: '/',
} as const

/** A round that reads everything, as the first one does. */
const full = rounds(0)
/** A round as it usually is. */
const usual = rounds(Number.MAX_SAFE_INTEGER)
const floor: number[] = []
const fullRound: number[] = []
const usualRound: number[] = []
const list = files(groups).join('\n')
for (let round = 0; round < ROUNDS; round++) {
  floor.push(catMilliseconds(list))
  fullRound.push(milliseconds(full))
  usualRound.push(milliseconds(usual))
}
const ratio = median(fullRound) / median(floor)
process.stdout.write(
  `${GROUPS} groups with a process each, cgroup v${version}, ${list.split('\n').length} files; ` +
    `${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}\n` +
    `processor time, medians of ${ROUNDS}: cat ${median(floor).toFixed(1)} ms, ` +
    `full round ${median(fullRound).toFixed(1)} ms, usual round ${median(usualRound).toFixed(1)} ms, ` +
    `ratio ${ratio.toFixed(2)} (bar ${BAR})\n`,
)
process.exitCode = ratio <= BAR ? 0 : 1

function rounds(slowSeconds: number): () => void {
  const reader = hostReader()
  const sampler = openTreeSampler(reader, hierarchy, { maxGroups: 10_000, slowSeconds })
  const tracker = createTracker()
  return () => {
    const { groups: read } = sampler.round()
    if (read.length < GROUPS) throw new Error(`only ${read.length} groups were read`)
    const round = { seconds: reader.monotonicSeconds(), version, groups: read }
    tracker.observe({ ...round, host: readHostNow(reader) }, new Map())
  }
}

function files({ pids }: ManyGroups): string[] {
  const names = [...FILES[version].often, ...FILES[version].rarely, 'cgroup.procs']
  return [
    ...folders.flatMap((folder) => names.map((name) => join(folder, name))),
    ...pids.flatMap((pid) => [`/proc/${pid}/statm`, `/proc/${pid}/comm`]),
  ]
}

/** Of cat alone: the shell counts what its children used. */
function catMilliseconds(input: string): number {
  const script = 'xargs -d "\\n" -s 1900000 cat > /dev/null; times'
  const { stdout, status, stderr } = spawnSync('bash', ['-c', script], { input })
  if (status !== 0) throw new Error(`cat failed: ${String(stderr)}`)
  const children = String(stdout).trim().split('\n')[1] ?? ''
  const [user = 0, system = 0] = [...children.matchAll(/(\d+)m([\d.]+)s/g)].map(
    ([, minutes, seconds]) => Number(minutes) * 60_000 + Number(seconds) * 1_000,
  )
  return user + system
}

function milliseconds(work: () => void): number {
  const start = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1_000
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
