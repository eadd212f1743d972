/**
 * Runs in a guest: watches kills in groups of cgroup v2, with the kernel log and without it, and writes down what the watch
 * printed. `node scripts/guest/inside-watch.ts HOG`
 */
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MIB } from '../../src/model/bytes.ts'
import { startWatching, WITHOUT_KERNEL_LOG } from '../../test/support/watching.ts'
import type { PrintedEntry, Watching } from '../../test/support/watching.ts'
import { dropGroup, makeGroup, memoryEvent, startIn, until } from './lab.ts'

export interface WatchPlayed {
  /** What the watch printed that reads the kernel log, and PID and group of the victim. */
  seeing: { entries: readonly PrintedEntry[]; pid: number; group: string }
  /** The same of one that cannot, and whose rounds are so far apart that only the kernel's own word wakes it up. */
  blind: { entries: readonly PrintedEntry[]; group: string; secondsToCase: number }
}

const [program = ''] = process.argv.slice(2)
const played: WatchPlayed = { seeing: await playSeeing(), blind: await playBlind() }
writeFileSync('/out/watch.json', JSON.stringify(played))
process.exit(0)

async function playSeeing(): Promise<WatchPlayed['seeing']> {
  const group = '/watched'
  const watching = await started([])
  makeGroup(group, { 'memory.max': String(24 * MIB), 'memory.oom.group': '1' })
  try {
    startIn(group, `exec ${program} anon=4M stay`)
    const { pid } = startIn(group, `exec ${program} anon=64M stay`)
    await until('the group is killed', () => memoryEvent(group, 'oom_group_kill') > 0)
    await watching.sees('the case', ofGroup(group), 60_000)
    return { entries: watching.entries, pid, group }
  } finally {
    await end(watching, group)
  }
}

async function playBlind(): Promise<WatchPlayed['blind']> {
  const group = '/unseen'
  makeGroup(group, { 'memory.max': String(8 * MIB) })
  const watching = await started(['--interval', '1h'], WITHOUT_KERNEL_LOG)
  try {
    startIn(group, 'exec sleep 60')
    await watching.sees('that it is blind', ({ what }) => what === 'blind')
    startIn(group, `exec ${program} anon=64M stay`)
    await until('one is killed', () => memoryEvent(group, 'oom_kill') > 0)
    const since = performance.now()
    await watching.sees('the case', ofGroup(group), 60_000)
    return { entries: watching.entries, group, secondsToCase: (performance.now() - since) / 1_000 }
  } finally {
    await end(watching, group)
  }
}

/** V8 now and then dies while it starts under emulation: that says nothing of the watch. */
async function started(
  args: readonly string[],
  wrapped: readonly string[] = [],
): Promise<Watching> {
  for (let tries = 1; ; tries++) {
    try {
      return await startWatching(folder(), args, {}, wrapped)
    } catch (error) {
      if (tries === 3) throw error
    }
  }
}

function folder(): string {
  return mkdtempSync(join(tmpdir(), 'stella-watch-'))
}

function ofGroup(group: string): (entry: PrintedEntry) => boolean {
  return (entry) => entry.case?.subject.name === group
}

async function end(watching: Watching, group: string): Promise<void> {
  await watching.kill()
  await dropGroup(group)
}
