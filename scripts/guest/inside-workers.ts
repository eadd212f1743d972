/**
 * Runs in a guest: makes places for workers of the scanner from a group that has processes, which cgroup v2 lets have no
 * limited groups below it, and lets one die at its limit. `node scripts/guest/inside-workers.ts HOG`
 */
import { writeFileSync } from 'node:fs'
import { MIB } from '../../src/model/bytes.ts'
import { openCageRoom } from '../../src/scanning/workers/cage.ts'
import { meaningOf } from '../../src/scanning/workers/verdict.ts'
import { startWorker } from '../../src/scanning/workers/worker-process.ts'
import { hostReader } from '../../src/sources/reader.ts'
import { delegateMemory, dropGroup, makeGroup, readGroup } from './lab.ts'

export interface WorkersPlayed {
  enforcedBy: string
  /** Of the place, as the kernel names it. */
  path: string
  limitBytes: number
  swapBytes: number
  outcome: string
  says: string
  peakBytes: number | null
  /** Nothing is left of it. */
  isGone: boolean
}

const [program = ''] = process.argv.slice(2)
makeGroup('/scanner', { 'memory.max': String(256 * MIB) })
delegateMemory('/scanner')
makeGroup('/scanner/server', { 'memory.max': 'max' })
try {
  writeFileSync('/sys/fs/cgroup/scanner/server/cgroup.procs', String(process.pid))
  writeFileSync('/out/workers.json', JSON.stringify(await play()))
} finally {
  writeFileSync('/sys/fs/cgroup/cgroup.procs', String(process.pid))
  for (const group of ['/scanner/server', '/scanner']) await dropGroup(group)
}

async function play(): Promise<WorkersPlayed> {
  const room = openCageRoom(hostReader())
  if (!room.ok) throw new Error(room.says)
  const limitBytes = 32 * MIB
  const cage = room.make('default-1', limitBytes)
  const held = Number(readGroup(cage.path, 'memory.max'))
  const swapBytes = Number(readGroup(cage.path, 'memory.swap.max'))
  const worker = startWorker({ argv: [program, 'anon=64M'], env: process.env }, cage, () => {})
  const end = await worker.ended
  const seen = { ...end, endedFor: null, kernelKills: cage.kills(), limitBytes }
  const { outcome, says } = meaningOf(seen)
  const peakBytes = cage.peakBytes()
  cage.remove()
  room.close()
  const again = openCageRoom(hostReader())
  if (again.ok) again.close()
  return {
    enforcedBy: cage.enforcedBy,
    path: cage.path,
    limitBytes: held,
    swapBytes,
    outcome,
    says,
    peakBytes,
    isGone: cage.usageBytes() === null,
  }
}
