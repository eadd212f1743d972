import { formatBytes, MIB } from '../model/bytes.ts'
import type { TmpfsMount } from '../model/tmpfs.ts'
import type { GroupFigures } from './figures.ts'

/** Less is not worth a word. */
const WORTH_TELLING_BYTES = MIB
const MAX_MOUNTS_TOLD = 4

/** Pages that must be written to disk before they can go. */
export function dirtySays({ version, stat }: GroupFigures): string[] {
  const [dirty, writeback] =
    version === 1
      ? [stat.get('dirty') ?? 0, stat.get('writeback') ?? 0]
      : [stat.get('file_dirty') ?? 0, stat.get('file_writeback') ?? 0]
  if (dirty + writeback < WORTH_TELLING_BYTES) return []
  const writers =
    version === 1
      ? 'cgroup v1 does not slow the writers down for it, so a slow disk can end in an OOM kill'
      : 'the kernel slows the writers down'
  return [
    `${formatBytes(dirty)} of page cache are dirty and ${formatBytes(writeback)} are being written: they cannot be dropped before that is done; ${writers}`,
  ]
}

/** tmpfs counts as page cache in many a tool, and is none: there is no file on disk to read it from again. */
export function shmemSays(
  shmemBytes: number | null,
  mounts: readonly TmpfsMount[] | null,
): string[] {
  if (shmemBytes === null || shmemBytes < WORTH_TELLING_BYTES) return []
  const says = `${formatBytes(shmemBytes)} are tmpfs or shared memory: they stay charged when the processes end, and only deleting the files or unmounting gives them back`
  return [says, ...mountsSay(shmemBytes, mounts)]
}

function mountsSay(shmemBytes: number, mounts: readonly TmpfsMount[] | null): string[] {
  if (mounts === null) return []
  const filled = mounts
    .filter(({ bytes }) => bytes !== null && bytes >= WORTH_TELLING_BYTES)
    .toSorted((a, b) => (b.bytes ?? 0) - (a.bytes ?? 0))
  const told = filled.slice(0, MAX_MOUNTS_TOLD).map((mount) => mountSays(mount, shmemBytes))
  const inFiles = filled.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0)
  const rest = shmemBytes - inFiles
  const more =
    rest < WORTH_TELLING_BYTES
      ? []
      : [
          `${formatBytes(rest)} of it are in no tmpfs that the processes see: memory shared between processes (shmget, memfd, MAP_SHARED), or a tmpfs of a group that ended`,
        ]
  return [...(told.length === 0 ? [] : [`files in tmpfs: ${told.join(', ')}`]), ...more]
}

function mountSays(
  { mountPoint, bytes, capBytes, partial }: TmpfsMount,
  shmemBytes: number,
): string {
  const cap = capBytes === null ? '' : ` of at most ${formatBytes(capBytes)}`
  const others =
    partial || (bytes ?? 0) > shmemBytes + WORTH_TELLING_BYTES ? ', not all of it its own' : ''
  return `${mountPoint} ${formatBytes(bytes ?? 0)}${cap}${others}`
}
