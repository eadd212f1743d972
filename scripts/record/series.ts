/**
 * Records what the memory of small programs of known behaviour does in groups of their own: `node scripts/record/series.ts`.
 * Needs root and cgroup v1. Writes fixtures/series/NAME.json; takes a minute.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { NO_LIMIT_BYTES } from '../../src/model/bytes.ts'
import type { Region, RegionSnapshot, Sample, Series, SeriesMark } from '../../src/model/series.ts'
import { NO_SAMPLE } from '../../src/model/series.ts'
import { createGroup } from '../../test/support/cgroups.ts'
import type { TestGroup } from '../../test/support/cgroups.ts'
import { hog } from '../../test/support/hog.ts'
import { REPO } from '../lib/repo.ts'
import { packed } from '../../test/support/series-corpus-recorded.ts'
import { WORKLOADS } from './series-workloads.ts'
import type { Workload } from './series-workloads.ts'

const STEP_MS = 250
const RECORD_SECONDS = 60
/** Smaller ones are shells and the like. */
const LEAST_PROCESS_BYTES = 4 * 1024 * 1024
const FOLDER = join(REPO, 'fixtures/series')

interface Recorder {
  workload: Workload
  group: TestGroup
  samples: Sample[]
  marks: SeriesMark[]
  processes: Map<string, { series: Series; samples: Sample[] }>
  regions: RegionSnapshot[]
  runs: boolean
}

const disk = mkdtempSync('/var/tmp/stella-series-')
const tmpfs = mkdtempSync('/dev/shm/stella-series-')
const bootedAt =
  Number(/^btime (\d+)/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1] ?? Number.NaN) * 1_000
const paths = { hog: await hog(), disk, tmpfs }
const recorders = WORKLOADS.map((workload): Recorder => ({
  workload,
  group: createGroup(`series-${workload.name}`, workload.limitBytes),
  samples: [],
  marks: [],
  processes: new Map(),
  regions: [],
  runs: true,
}))
try {
  const programs = recorders.map((recorder) => keepRunning(recorder))
  const end = Date.now() + RECORD_SECONDS * 1_000
  for (let round = 0; Date.now() < end; round++) {
    const started = Date.now()
    for (const recorder of recorders) sample(recorder, round)
    await sleep(Math.max(0, started + STEP_MS - Date.now()))
  }
  for (const recorder of recorders) {
    snapshotRegions(recorder)
    recorder.runs = false
  }
  await Promise.all(recorders.map(({ group }) => group.remove()))
  await Promise.all(programs)
  mkdirSync(FOLDER, { recursive: true })
  for (const recorder of recorders) {
    const text = packed({
      subject: null,
      source: 'stella',
      group: {
        subject: 'group',
        name: null,
        process: null,
        samples: recorder.samples,
        marks: recorder.marks,
      },
      processes: [...recorder.processes.values()].map(({ series, samples }) => ({
        ...series,
        samples,
      })),
      regions: recorder.regions,
      unknown: [],
    })
    writeFileSync(join(FOLDER, `${recorder.workload.name}.json`), text)
  }
} finally {
  for (const recorder of recorders) recorder.runs = false
  await Promise.all(recorders.map(({ group }) => group.remove()))
  rmSync(disk, { recursive: true, force: true })
  rmSync(tmpfs, { recursive: true, force: true })
}

async function keepRunning(recorder: Recorder): Promise<void> {
  const { group, marks, workload } = recorder
  do {
    marks.push({ at: Date.now(), kind: 'start', says: 'started' })
    const kills = killsOf(group)
    await group.start(workload.argv(paths)).ended
    if (!recorder.runs) return
    if (killsOf(group) > kills)
      marks.push({ at: Date.now(), kind: 'kill', says: 'ran out of memory' })
    await sleep(500)
  } while (workload.restarts)
}

function killsOf(group: TestGroup): number {
  return numberIn(group.read('memory.oom_control'), 'oom_kill')
}

function sample(recorder: Recorder, round: number): void {
  const { group, workload, samples } = recorder
  const stat = group.read('memory.stat')
  const of = (name: string): number => numberIn(stat, `total_${name}`)
  const read = (file: string): number => Number(group.read(file))
  const usageBytes = read('memory.usage_in_bytes')
  const kernelBytes = read('memory.kmem.usage_in_bytes')
  const pids = group.read('cgroup.procs').split('\n').filter(Boolean)
  const limit = read('memory.limit_in_bytes')
  const at = Date.now()
  samples.push({
    ...NO_SAMPLE,
    at,
    usageBytes,
    workingSetBytes: Math.max(0, usageBytes - of('inactive_file')),
    unreclaimableBytes: of('rss') + of('shmem') + kernelBytes + of('dirty') + of('writeback'),
    anonBytes: of('rss'),
    fileBytes: of('cache') - of('shmem'),
    shmemBytes: of('shmem'),
    kernelBytes,
    limitBytes: limit >= NO_LIMIT_BYTES ? null : limit,
    peakBytes: read('memory.max_usage_in_bytes'),
    limitHits: read('memory.failcnt'),
    oomKills: killsOf(group),
    processes: pids.length,
    load:
      workload.loadTask === null
        ? null
        : pids.filter((pid) => textOf(`/proc/${pid}/comm`).startsWith(workload.loadTask ?? ''))
            .length,
  })
  if (round % 4 === 0) for (const pid of pids) sampleProcess(recorder, pid, at)
  if (round === 20) snapshotRegions(recorder)
}

function sampleProcess({ processes }: Recorder, pid: string, at: number): void {
  const status = textOf(`/proc/${pid}/status`)
  const of = (name: string): number => numberIn(status, `${name}:`) * 1_024
  const startedAt = startOf(pid)
  if (startedAt === null || !(of('VmRSS') >= LEAST_PROCESS_BYTES)) return
  const key = `${pid} ${startedAt}`
  const known = processes.get(key) ?? {
    series: {
      subject: 'process',
      name: textOf(`/proc/${pid}/comm`).trim(),
      process: { pid: Number(pid), startedAt },
      samples: [],
      marks: [],
    },
    samples: [],
  }
  processes.set(key, known)
  known.samples.push({
    ...NO_SAMPLE,
    at,
    usageBytes: of('VmRSS'),
    anonBytes: of('RssAnon'),
    fileBytes: of('RssFile'),
    shmemBytes: of('RssShmem'),
  })
}

/** Field 22 of /proc/PID/stat, in ticks of a hundredth of a second since the machine started. */
function startOf(pid: string): number | null {
  const fields = textOf(`/proc/${pid}/stat`).split(') ')[1]?.split(' ')
  const ticks = Number(fields?.[19] ?? Number.NaN)
  return Number.isFinite(ticks) ? bootedAt + ticks * 10 : null
}

function snapshotRegions({ group, regions }: Recorder): void {
  for (const pid of group.read('cgroup.procs').split('\n').filter(Boolean)) {
    const startedAt = startOf(pid)
    const found = new Map<string, Region>()
    for (const mapping of textOf(`/proc/${pid}/smaps`).split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m)) {
      const head = /^([0-9a-f]+)-\S+ \S+ \S+ \S+ \d+ *(.*)$/m.exec(mapping)
      if (head === null) continue
      const name = head[2] === '' ? `anonymous ${head[1]}` : (head[2] ?? '')
      const of = (field: string): number => numberIn(mapping, `${field}:`) * 1_024
      const before = found.get(name) ?? {
        name,
        rssBytes: 0,
        anonBytes: 0,
        swapBytes: 0,
        mappings: 0,
      }
      found.set(name, {
        name,
        rssBytes: before.rssBytes + of('Rss'),
        anonBytes: before.anonBytes + of('Anonymous'),
        swapBytes: before.swapBytes + of('Swap'),
        mappings: before.mappings + 1,
      })
    }
    const large = [...found.values()].filter(({ rssBytes }) => rssBytes >= 64 * 1_024)
    if (startedAt !== null && large.length > 0)
      regions.push({ at: Date.now(), pid: Number(pid), startedAt, regions: large })
  }
}

function numberIn(text: string, name: string): number {
  const line = text
    .split('\n')
    .find((candidate) => candidate.startsWith(`${name} `) || candidate.startsWith(`${name}\t`))
  return Number(/\d+/.exec(line?.slice(name.length) ?? '')?.[0] ?? 0)
}

/** Empty where the process has ended. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
