/**
 * Runs in a guest: makes places for workers of the scanner on cgroup v2, which lets a group have processes or limited groups
 * below it, but not both, and lets one worker die at its limit. Once from a group that root made, with room beside it, and once
 * as a plain user in a group that was handed over, as `Delegate=` of systemd does. `node scripts/guest/inside-workers.ts HOG`
 */
import { spawnSync } from 'node:child_process'
import { chownSync, readFileSync, writeFileSync } from 'node:fs'
import { MIB } from '../../src/model/bytes.ts'
import { openCageRoom } from '../../src/scanning/workers/cages/index.ts'
import { meaningOf } from '../../src/scanning/workers/verdict.ts'
import { startWorker } from '../../src/scanning/workers/worker-process.ts'
import { hostReader } from '../../src/sources/reader.ts'
import { delegateMemory, dropGroup, makeGroup, readGroup } from './lab.ts'

export interface WorkersPlayed {
  enforcedBy: string
  /** Of the place, as the kernel names it. */
  path: string
  /** Where whoever started it lives afterwards. */
  hostPath: string
  limitBytes: number
  swapBytes: number
  outcome: string
  says: string
  /** Nothing is left of it. */
  isGone: boolean
}

const USER = 1_000
const [program = '', scene = ''] = process.argv.slice(2)
if (scene === 'as a user') {
  if (process.getuid?.() === 0) {
    process.setgid?.(USER)
    process.setuid?.(USER)
  }
  process.stdout.write(JSON.stringify(await play()))
} else {
  writeFileSync('/out/workers.json', JSON.stringify(await playAsRoot()))
  writeFileSync('/out/delegated.json', playAsUser())
}

async function playAsRoot(): Promise<WorkersPlayed> {
  makeGroup('/scanner', { 'memory.max': String(256 * MIB) })
  delegateMemory('/scanner')
  makeGroup('/scanner/server', { 'memory.max': 'max' })
  try {
    writeFileSync('/sys/fs/cgroup/scanner/server/cgroup.procs', String(process.pid))
    return await play()
  } finally {
    writeFileSync('/sys/fs/cgroup/cgroup.procs', String(process.pid))
    for (const group of ['/scanner/server', '/scanner']) await dropGroup(group)
  }
}

function playAsUser(): string {
  makeGroup('/delegated', {})
  for (const file of ['', '/cgroup.procs', '/cgroup.subtree_control']) {
    chownSync(`/sys/fs/cgroup/delegated${file}`, USER, USER)
  }
  const join = 'echo $$ > /sys/fs/cgroup/delegated/cgroup.procs && exec "$0" "$@"'
  const words = [process.execPath, process.argv[1] ?? '', program, 'as a user']
  const { stdout, stderr, status } = spawnSync('sh', ['-c', join, ...words], { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  return stdout
}

async function play(): Promise<WorkersPlayed> {
  const room = openCageRoom(hostReader())
  if (room.says !== null) throw new Error(room.says)
  const limitBytes = 32 * MIB
  const cage = room.make('default-1', limitBytes)
  const { enforcedBy, path } = cage
  if (enforcedBy === null || path === null) throw new Error('it has no group')
  const held = Number(readGroup(path, 'memory.max'))
  const swapBytes = Number(readGroup(path, 'memory.swap.max'))
  const worker = startWorker({ argv: [program, 'anon=64M'], env: process.env }, cage, () => {})
  const end = await worker.ended
  const seen = { ...end, endedFor: null, kernelKills: cage.kills(), limitBytes }
  const { outcome, says } = meaningOf(seen)
  cage.remove()
  room.close()
  openCageRoom(hostReader()).close()
  return {
    enforcedBy,
    path,
    hostPath: readFileSync('/proc/self/cgroup', 'utf8').trim().slice('0::'.length),
    limitBytes: held,
    swapBytes,
    outcome,
    says,
    isGone: cage.usageBytes(worker.pid) === null,
  }
}
