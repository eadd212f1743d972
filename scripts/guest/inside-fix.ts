/**
 * Runs in a guest with swap: lets programs run out of memory in a bare group and in a container, gives them another limit,
 * verifies it and takes it back, records two groups and sizes them. Writes down what stella said and what the kernel's files
 * held. `node scripts/guest/inside-fix.ts HOG`
 */
import { writeFileSync } from 'node:fs'
import { MIB } from '../../src/model/bytes.ts'
import type { Sample } from '../../src/model/series.ts'
import { must, words } from '../lib/exec.ts'
import { liveEngine } from '../../src/cli/live-engine.ts'
import type { Said } from '../../test/support/captured-io.ts'
import { call as stella } from './call.ts'
import { startDocker } from './engines.ts'
import { dropGroup, makeGroup, memoryEvent, readGroup, startIn, until } from './lab.ts'

/** The files that bound the memory of a group. */
interface Bounds {
  max: string
  swapMax: string
}

/** What the kernel said of a recorded group when the recording ended, and the last sample of it. */
interface Recorded {
  stat: string
  peakBytes: number
  last: Sample | null
}

export interface FixPlayed {
  said: Readonly<Record<string, Said>>
  /** By the step after which they were read. */
  bounds: Readonly<Record<string, Bounds>>
  recorded: Recorded
  /** Of the container: the PID of its main process, and the kills in its group. */
  life: Readonly<Record<string, { pid: string; kills: number }>>
}

// Under emulation the engine takes as long to start as the first part takes.
const docker = startDocker()
const DATA = '/scratch/data'
const [program = ''] = process.argv.slice(2)
const said: Record<string, Said> = {}
const bounds: Record<string, Bounds> = {}
const life: Record<string, { pid: string; kills: number }> = {}

await fixGroup()
// A recording is mostly waiting.
const [recorded] = await Promise.all([recordAndSize(), fixContainer()])
const played: FixPlayed = { said, bounds, recorded, life }
writeFileSync('/out/fix.json', JSON.stringify(played))
// The daemon holds this process.
process.exit(0)

/** A child is killed, the main process lives on, and after the fix there is room for another one as large. */
async function fixGroup(): Promise<void> {
  const group = '/fixed'
  const target = `cgroup:${group}`
  makeGroup(group, { 'memory.max': String(32 * MIB), 'memory.swap.max': String(8 * MIB) })
  try {
    startIn(group, `exec ${program} child=64M stay`)
    await until('a child is killed', () => memoryEvent(group, 'oom_kill') > 0)
    await call('applied', 'fix', target, '--limit', '96Mi', '--apply')
    see('applied', group)
    const job = startIn(group, `exec ${program} anon=64M stay`)
    await until('it has its memory', () => usedBy(group) > 64 * MIB)
    await call('verified', 'verify', target, '--for', '10s')
    await call('below use', 'fix', target, '--limit', '48Mi', '--apply')
    await call('no limit', 'fix', target, '--limit', 'max', '--apply')
    await call('undo below use', 'fix', target, '--undo')
    see('refused', group)
    job.kill('SIGKILL')
    await job.ended
    await call('undone', 'fix', target, '--undo')
    see('undone', group)
  } finally {
    await dropGroup(group)
  }
}

/** One that reads a file, needs more for a moment and stays; and one that grows on and on. */
async function recordAndSize(): Promise<Recorded> {
  const [calm, leaking] = ['/calm', '/leaking'] as const
  makeGroup(calm, { 'memory.max': String(512 * MIB) })
  makeGroup(leaking, { 'memory.max': String(256 * MIB) })
  try {
    const file = '/scratch/read'
    startIn(calm, `exec ${program} anon=16M file=${file},48M read=${file} stay`)
    await until('the file is read', () => usedBy(calm) > 64 * MIB)
    // Pages that wait to be written count as unreclaimable until they are.
    await must('sync', [])
    startIn(leaking, `exec ${program} anon=8M grow=1M,250,200M stay`)
    const recordings = [calm, leaking].map((group) =>
      call(`recorded ${group}`, 'record', `cgroup:${group}`, '--for', '25s'),
    )
    await until('it has been recorded a while', () => usedBy(leaking) > 32 * MIB)
    startIn(calm, `exec ${program} anon=64M exit=0`)
    await Promise.all(recordings)
    const stat = readGroup(calm, 'memory.stat')
    const peakBytes = Number(readGroup(calm, 'memory.peak'))
    for (const group of [calm, leaking]) await call(`sized ${group}`, 'size', `cgroup:${group}`)
    const subject = { platform: 'cgroup', name: calm, id: calm, image: null } as const
    const last = liveEngine.recordings(DATA).read(subject)?.group.samples.at(-1) ?? null
    return { stat, peakBytes, last }
  } finally {
    for (const group of [calm, leaking]) await dropGroup(group)
  }
}

/** A child is killed and the main process lives on, so that the container is changed while it runs. */
async function fixContainer(): Promise<void> {
  const { command } = await docker
  const [name, target] = ['shop', 'docker:shop'] as const
  const options = words(`run --detach --name ${name} --network none -v /programs:/programs:ro`)
  const limits = words('--memory 32m --memory-swap 48m')
  const workload = words('anon=16M child=96M anon=4M stay')
  await command(...options, ...limits, 'local/empty', program, ...workload)
  const group = `/docker/${(await command('inspect', '--format={{.Id}}', name)).trim()}`
  await until('a child is killed', () => memoryEvent(group, 'oom_kill') > 0)
  const look = async (step: string): Promise<void> => {
    see(`container ${step}`, group)
    const pid = (await command('inspect', '--format={{.State.Pid}}', name)).trim()
    life[step] = { pid, kills: memoryEvent(group, 'oom_kill') }
  }
  await look('before')
  await call('container applied', 'fix', target, '--limit', '96m', '--apply')
  await look('applied')
  await call('container verified', 'verify', target, '--for', '5s')
  await call('container below use', 'fix', target, '--limit', '8m', '--apply')
  await look('refused')
  await call('container undone', 'fix', target, '--undo')
  await look('undone')
}

async function call(name: string, ...args: string[]): Promise<void> {
  said[name] = await stella(...args, '--data', DATA, '--json')
}

function see(step: string, group: string): void {
  const read = (file: string): string => readGroup(group, file).trim()
  bounds[step] = { max: read('memory.max'), swapMax: read('memory.swap.max') }
}

function usedBy(group: string): number {
  return Number(readGroup(group, 'memory.current'))
}
