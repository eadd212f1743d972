import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { run, tryRun } from './testbed.ts'

/** A file system of a test's own, on a disk that takes only so much in a second. */
export interface SlowDisk {
  /** Where it is mounted. */
  folder: string
  /** Takes all there is, and is gone. */
  remove(): void
}

const THROTTLE = '/sys/fs/cgroup/blkio/blkio.throttle.write_bps_device'

/** Why there can be none, as one sentence; null where there can. */
export function whyNoSlowDisk(): string | null {
  if (!existsSync(THROTTLE)) return 'needs a cgroup v1 blkio hierarchy, which can slow down a disk'
  return existsSync('/dev/loop-control') ? null : 'needs loop devices'
}

/**
 * What is written back goes through the kernel's own threads, so that the limit is that of the root; it names this disk alone.
 *
 * @param bytesPerSecond that it takes
 */
export function makeSlowDisk(work: string, mebibytes: number, bytesPerSecond: number): SlowDisk {
  const [image, folder] = [join(work, 'disk.img'), join(work, 'disk')]
  mkdirSync(folder, { recursive: true })
  run(['truncate', '-s', `${mebibytes}M`, image])
  // Without a journal: nothing but the files themselves is written.
  run(['mkfs.ext4', '-q', '-F', '-O', '^has_journal', image])
  const device = run(['losetup', '--find', '--show', image]).trim()
  const numbers = readFileSync(`/sys/block/${basename(device)}/dev`, 'utf8').trim()
  const disk: SlowDisk = {
    folder,
    remove() {
      // At full speed again: an unmount waits until all is written.
      writeFileSync(THROTTLE, `${numbers} 0`)
      tryRun(['umount', folder])
      run(['losetup', '--detach', device])
      rmSync(image, { force: true })
    },
  }
  try {
    run(['mount', device, folder])
    writeFileSync(THROTTLE, `${numbers} ${bytesPerSecond}`)
    return disk
  } catch (error) {
    disk.remove()
    throw error
  }
}
