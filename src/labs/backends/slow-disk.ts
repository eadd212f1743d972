/**
 * A file system of a lab's own, on a disk that takes only so much in a second. What is written back goes through the kernel's own
 * threads, so that the bound is one of the root of blkio (v1); it names this disk alone.
 */
import { readdirSync } from 'node:fs'
import { unreachableError } from '../../model/errors.ts'
import { textOrNull } from '../../sources/reader.ts'
import type { Reader } from '../../sources/reader.ts'
import { PREFIX } from './backend.ts'

export const THROTTLE = '/sys/fs/cgroup/blkio/blkio.throttle.write_bps_device'
const MOVE_MS = 60_000

/** A device of a loop keeps its bounds when it gets another file: a lab begins and ends with those of the kernel. */
const FRESH = `number=$(cat "/sys/block/$device/dev")
bdi=/sys/class/bdi/$number
[ ! -f "$bdi/strict_limit" ] || echo 0 >"$bdi/strict_limit"
echo 100 >"$bdi/max_ratio"`

const MAKE = `PATH=$PATH:/usr/sbin:/sbin
truncate -s 300M "$1"
# Without a journal: nothing but the files themselves is written. Blocks of a page, as on larger disks: for smaller ones the kernel
# needs more buffer heads, for which it may not wait (GFP_NOFS), and kills.
mkfs.ext4 -q -F -b 4096 -O ^has_journal "$1"
path=$(losetup --find --show "$1")
device=\${path##*/}
${FRESH}
mkdir -p "$2"
mount "$path" "$2"
echo "$number $3" >${THROTTLE}`

/** At full speed again: an unmount waits until all is written. */
const REMOVE = `PATH=$PATH:/usr/sbin:/sbin
device=$1
${FRESH}
echo "$number 0" >${THROTTLE}
! grep -q "^/dev/$device " /proc/mounts || umount "/dev/$device"
losetup --detach "/dev/$device"`

/** @throws StellaError (unreachable) where it cannot be made; what was begun is found by its name */
export async function makeSlowDisk(
  reader: Reader,
  order: {
    lab: string
    workload: string
    /** Of the lab. */
    folder: string
    mountPoint: string
    bytesPerSecond: number
  },
): Promise<void> {
  const { lab, workload, folder, mountPoint, bytesPerSecond } = order
  const image = `${folder}/${imageBegins(lab)}${workload}.img`
  await carryOut(reader, MAKE, [image, mountPoint, String(bytesPerSecond)], 'made')
}

/** All disks of a lab, whoever made them. @throws StellaError (unreachable) where one stays */
export async function removeSlowDisks(reader: Reader, lab: string): Promise<void> {
  for (const device of devices()) {
    const image = textOrNull(reader, `/sys/block/${device}/loop/backing_file`) ?? ''
    if (!image.includes(`/${imageBegins(lab)}`)) continue
    await carryOut(reader, REMOVE, [device], 'removed')
  }
}

/** No id of a lab has a dot: none begins as another one. */
function imageBegins(lab: string): string {
  return `${PREFIX}${lab}.`
}

function devices(): readonly string[] {
  try {
    return readdirSync('/sys/block').filter((name) => name.startsWith('loop'))
  } catch {
    return []
  }
}

async function carryOut(
  reader: Reader,
  script: string,
  args: readonly string[],
  what: string,
): Promise<void> {
  const result = await reader.run(['sh', '-euc', script, 'sh', ...args], {
    signal: AbortSignal.timeout(MOVE_MS),
    maxBytes: 4_096,
    env: reader.env,
  })
  if (result.exitCode === 0) return
  const says = result.stderr.trim().split('\n').at(-1) ?? ''
  throw unreachableError(
    `the slow disk of the lab cannot be ${what}: ${says.slice(0, 300)}`,
    args[0] ?? null,
    'it needs loop devices, mkfs.ext4, and nobody who works in its folder',
  )
}
