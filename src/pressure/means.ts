/** Whether this stella can do what is planned, before anything is begun. */
import { accessSync, constants, statfsSync } from 'node:fs'
import { join } from 'node:path'
import { formatBytes, MIB } from '../model/bytes.ts'
import { errorCode } from '../model/error-code.ts'
import { unreachableError, usageError } from '../model/errors.ts'
import type { Reader } from '../sources/reader.ts'
import type { PressurePlan } from './plan.ts'

/** include/uapi/linux/magic.h */
const TMPFS_MAGIC = 0x01021994
/** What a disk has to have beside the file: others write to it, too. */
const DISK_LEFT_BYTES = 512 * MIB

/**
 * @param folder where a file for page cache would lie
 * @throws StellaError 3 where a right or room is missing; 2 where the file would be no page cache
 */
export function refuseWithoutMeans(
  { subject, experiment }: PressurePlan,
  folder: string,
  reader: Reader,
): void {
  const { pressure } = experiment
  if (pressure.kind === 'limit') {
    const name = subject.version === 1 ? 'memory.limit_in_bytes' : 'memory.max'
    if (subject.fixTarget.kind === 'cgroup') refuseUnwritable(reader, `${subject.folder}/${name}`)
    return
  }
  refuseUnwritable(reader, `${subject.folder}/cgroup.procs`)
  if (pressure.memory !== 'page-cache') return
  const { type, bavail, bsize } = statfsSync(folder)
  if (type === TMPFS_MAGIC) {
    throw usageError(
      'lies in memory itself: a file there is no page cache',
      folder,
      'name a folder on a disk with --data, or use --kind tmpfs',
    )
  }
  const freeBytes = bavail * bsize
  if (freeBytes - pressure.sizeBytes >= DISK_LEFT_BYTES) return
  throw unreachableError(
    `has ${formatBytes(freeBytes)} of room, too little for a file of ${formatBytes(pressure.sizeBytes)}`,
    folder,
    'ask for less, or name a folder on another disk with --data',
  )
}

function refuseUnwritable(reader: Reader, file: string): void {
  try {
    accessSync(join(reader.root, file), constants.W_OK)
  } catch (error) {
    const what = `may not be written (${errorCode(error)})`
    throw unreachableError(what, file, 'run stella as root', { cause: error })
  }
}
