import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { LAUNCHER } from '../../scripts/lib/repo.ts'
import { testbedFolder, tryRun } from './testbed.ts'

/** Runs stella as on another machine than the node of a cluster: the id of its boot is another one. */
export function runElsewhere(args: readonly string[]): ReturnType<typeof tryRun> {
  const bootId = join(testbedFolder(), 'another-boot-id')
  writeFileSync(bootId, '11111111-2222-4333-8444-555555555555\n')
  return tryRun([
    ...['unshare', '--mount', 'sh', '-c'],
    ...['mount --bind "$0" /proc/sys/kernel/random/boot_id && exec "$@"', bootId],
    ...[process.execPath, LAUNCHER, ...args],
  ])
}
