import { setTimeout as pause } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { unreachableError } from '../../../model/errors.ts'
import { hostReader } from '../../../sources/reader.ts'
import type { Reader } from '../../../sources/reader.ts'
import { sortRows } from '../../../watch/sort.ts'
import { openWatcher } from '../../../watch/watcher.ts'
import type { Watcher } from '../../../watch/watcher.ts'
import type { LoadEngines } from '../../../watch/names.ts'
import type { Snapshot } from '../../../watch/row.ts'
import type { CliContext, CliIo } from '../../context.ts'
import { namesCluster } from '../../cluster-flags.ts'
import { paintFor } from '../../render/paint.ts'
import { topDocument } from '../../../watch/snapshot-document.ts'
import { bothAsked } from './flags.ts'
import type { TopFlags } from './flags.ts'
import { billLines } from './drill.ts'
import type { Drill } from './drill.ts'
import { runLive } from './live.ts'
import { plainLines } from './plain.ts'

/** The world below, as a test may make it up. */
export interface TopWorld {
  reader: Reader
  loadEngines: LoadEngines
  drill: Drill
}

/** What a round leaves behind is dead by the next one: a larger space for it only costs memory, 10 MiB here. */
const KEEP_YOUNG_SPACE_SMALL = '--semi-space-growth-factor=1'

/** `stella top`. */
export async function top(this: CliContext, flags: TopFlags): Promise<void> {
  if (flags.cluster === true || namesCluster(flags)) {
    const { topCluster } = await import('./cluster.ts')
    await topCluster(this.io, flags)
    return
  }
  setFlagsFromString(KEEP_YOUNG_SPACE_SMALL)
  const drill = billLines(() => this.engine())
  await runTop(this.io, flags, { reader: hostReader(), loadEngines, drill })
}

async function loadEngines(...[reader, name]: Parameters<LoadEngines>): ReturnType<LoadEngines> {
  const { engines } = await import('../../../sources/docker/index.ts')
  return engines(reader, name)
}

/** Runs it on a screen where there is one and nothing else was asked for, and as plain rounds otherwise. */
export async function runTop(io: CliIo, flags: TopFlags, world: TopWorld): Promise<void> {
  if (flags.once === true && flags.count !== undefined) {
    throw bothAsked()
  }
  const { reader, loadEngines: load } = world
  const watcher = openWatcher(reader, { loadEngines: load })
  try {
    const asked = flags.once === true || flags.count !== undefined || flags.json === true
    if (asked || !isScreen(io)) await runRounds(io, flags, watcher)
    else await onScreen(io, flags, watcher, world.drill)
  } finally {
    watcher.close()
  }
}

function isScreen(io: CliIo): boolean {
  return io.terminal !== null && process.stdin.isTTY && io.env['TERM'] !== 'dumb'
}

async function onScreen(io: CliIo, flags: TopFlags, watcher: Watcher, drill: Drill): Promise<void> {
  const { openScreen } = await import('../../render/screen.ts')
  seen(watcher.sample())
  const screen = openScreen(process.stdin, process.stdout)
  try {
    await runLive({
      sample: watcher.sample,
      drill,
      screen,
      sort: flags.sort,
      intervalMs: flags.interval,
      paint: paintFor(io, flags.noColor ?? false),
    })
  } finally {
    screen.close()
  }
}

/** How long the first round waits for the names of containers. */
const NAMES_MS = 1_500

async function runRounds(io: CliIo, flags: TopFlags, watcher: Watcher): Promise<void> {
  const count = flags.count ?? 1
  let snapshot = seen(watcher.sample())
  if (snapshot.rows.some(({ container }) => container !== null && container.name === null)) {
    await Promise.race([watcher.named(), pause(NAMES_MS, undefined, { ref: false })])
    snapshot = watcher.sample()
  }
  for (let round = 1; ; round++) {
    print(io, flags, snapshot)
    if (round >= count) return
    if (flags.json !== true && flags.quiet !== true) io.out('\n')
    await pause(flags.interval)
    snapshot = watcher.sample()
  }
}

function print(io: CliIo, flags: TopFlags, snapshot: Snapshot): void {
  const rows = sortRows(snapshot.rows, flags.sort)
  if (flags.json === true) {
    io.out(`${JSON.stringify(topDocument(snapshot, rows))}\n`)
    return
  }
  for (const line of plainLines(snapshot, rows, { quiet: flags.quiet ?? false }))
    io.out(`${line}\n`)
}

/** Somewhere above everything there is a group with memory, or the controller is off. */
function seen(snapshot: Snapshot): Snapshot {
  if (snapshot.rows.length > 0) return snapshot
  throw unreachableError(
    'no group has a memory controller',
    '/sys/fs/cgroup',
    'start the machine with cgroup_enable=memory, or run it where the memory groups are mounted',
  )
}
