import { closeSync, constants, fstatSync, openSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import type { TmpfsMount } from '../../model/tmpfs.ts'
import { parseMounts } from '../../parsers/proc/mounts.ts'
import type { Mount } from '../../parsers/proc/mounts.ts'
import { problemOf, readText } from '../reader.ts'
import type { Reader } from '../reader.ts'

export interface TmpfsRead {
  /** Each file system once. */
  mounts: TmpfsMount[]
  unknown: string[]
}

/** File systems of one subject that are looked at. */
const MAX_MOUNTS = 128

/**
 * What lies on the way to a mount point below one of these may never answer, or mount something by being looked at: nothing
 * below them is touched.
 */
const NEVER_TOUCHED =
  /^(?:autofs|nfs\d?|cifs|smb\w*|9p|ceph|afs|coda|lustre|gpfs|beegfs|glusterfs|fuse(?:blk|\..*)?)$/

/** Reads what the tmpfs mounts hold that a process sees, the container's /dev/shm among them. */
export function readTmpfs(reader: Reader, pid: number): TmpfsRead {
  const read = readText(reader, `/proc/${pid}/mountinfo`)
  if (!read.ok) {
    return read.problem.kind === 'missing'
      ? { mounts: [], unknown: [] }
      : { mounts: [], unknown: [`/proc/${pid}/mountinfo could not be read: ${read.problem.code}`] }
  }
  const mounts = parseMounts(read.text)
  const found = mountedOnce(mounts.filter(({ type }) => type === 'tmpfs'))
  const unknown =
    found.length > MAX_MOUNTS || read.truncated
      ? [`only the first ${MAX_MOUNTS} tmpfs mounts of process ${pid} were looked at`]
      : []
  const told = found.slice(0, MAX_MOUNTS).map((mount): TmpfsMount => {
    const size = isSafe(mount, mounts) ? sizeOf(reader, pid, mount, unknown) : null
    return {
      mountPoint: mount.mountPoint,
      bytes: size?.bytes ?? null,
      capBytes: size?.capBytes ?? null,
      partial: mount.root !== '/',
    }
  })
  return { mounts: told, unknown: [...new Set(unknown)] }
}

/** The same file system may be mounted many times: its whole counts, then the shortest path. */
function mountedOnce(mounts: readonly Mount[]): Mount[] {
  const byDevice = new Map<string, Mount>()
  for (const mount of mounts) {
    const known = byDevice.get(mount.device)
    if (known === undefined || rank(mount) < rank(known)) byDevice.set(mount.device, mount)
  }
  return [...byDevice.values()]
}

function rank({ root, mountPoint }: Mount): number {
  return (root === '/' ? 0 : 1_000_000) + mountPoint.length
}

function isSafe({ mountPoint }: Mount, mounts: readonly Mount[]): boolean {
  return !mounts.some(
    (other) =>
      NEVER_TOUCHED.test(other.type) &&
      (other.mountPoint === '/' || mountPoint.startsWith(`${other.mountPoint}/`)),
  )
}

/** O_PATH: a place is opened without doing anything to what stands there. The number is that of x86-64, arm64, s390x, ppc64le. */
const O_PATH = 0o10000000

/**
 * The container may put a link in the place of a mount point at any time: what was opened counts only if it is of the file
 * system that mountinfo names.
 */
function sizeOf(
  reader: Reader,
  pid: number,
  mount: Mount,
  unknown: string[],
): { bytes: number; capBytes: number } | null {
  const path = join(reader.root, `/proc/${pid}/root`, mount.mountPoint)
  let descriptor: number
  try {
    descriptor = openSync(path, O_PATH | constants.O_NOFOLLOW)
  } catch (error) {
    if (problemOf(error).kind === 'denied') {
      unknown.push(`what tmpfs mounts of process ${pid} hold could not be read: it needs root`)
    }
    return null
  }
  try {
    if (deviceName(fstatSync(descriptor).dev) !== mount.device) return null
    const { bsize, blocks, bfree } = statfsSync(`/proc/self/fd/${descriptor}`)
    // Without a cap (size=0) the kernel counts nothing.
    return blocks === 0 ? null : { bytes: (blocks - bfree) * bsize, capBytes: blocks * bsize }
  } catch {
    return null
  } finally {
    closeSync(descriptor)
  }
}

/** `major:minor` of a device number as stat(2) encodes it (glibc, gnu_dev_major). */
function deviceName(dev: number): string {
  const number = BigInt(dev)
  const major = ((number >> 8n) & 0xfffn) | ((number >> 32n) & 0xfffff000n)
  const minor = (number & 0xffn) | ((number >> 12n) & 0xffffff00n)
  return `${major}:${minor}`
}
