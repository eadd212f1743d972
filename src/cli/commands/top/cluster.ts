import { counted } from '../../../model/counted.ts'
import { setTimeout as pause } from 'node:timers/promises'
import { usageError } from '../../../model/errors.ts'
import { printable } from '../../../report/printable.ts'
import { hostReader } from '../../../sources/reader.ts'
import { openClusterWatcher } from '../../../watch/cluster/cluster-watcher.ts'
import type { ClusterSnapshot } from '../../../watch/cluster/cluster-watcher.ts'
import type { ContainerRow } from '../../../watch/cluster/pod-table.ts'
import type { SortKey } from '../../../watch/sort.ts'
import { clusterVariables } from '../../cluster-flags.ts'
import type { CliIo } from '../../context.ts'
import { openScreen } from '../../render/screen.ts'
import { shortBytes, shortDuration, shortPercent } from '../../render/screen-figures.ts'
import { textTable } from '../../../report/table.ts'
import { bothAsked } from './flags.ts'
import type { TopFlags } from './flags.ts'

/** Kubelets measure every 15 seconds or so: to ask more often than this only costs the API server. */
const LEAST_INTERVAL_MS = 5_000

/** `stella top --cluster`: on a screen where there is one, else as plain rounds. */
export async function topCluster(io: CliIo, flags: TopFlags): Promise<void> {
  if (flags.once === true && flags.count !== undefined) throw bothAsked()
  const order = orderBy(flags.sort)
  const watcher = await openClusterWatcher(
    hostReader({ env: { ...io.env, ...clusterVariables(flags) } }),
  )
  const intervalMs = Math.max(flags.interval, LEAST_INTERVAL_MS)
  const isAsked = flags.once === true || flags.count !== undefined || flags.json === true
  try {
    if (!isAsked && io.terminal !== null && process.stdin.isTTY) {
      await onScreen(async () => order(await watcher.round()), intervalMs)
      return
    }
    const count = flags.count ?? 1
    for (let round = 1; ; round++) {
      const snapshot = order(await watcher.round())
      if (flags.json === true) io.out(`${JSON.stringify(documentOf(snapshot))}\n`)
      else io.out(`${linesOf(snapshot, flags.quiet ?? false).join('\n')}\n`)
      if (round >= count) return
      await pause(intervalMs)
    }
  } finally {
    watcher.close()
  }
}

async function onScreen(round: () => Promise<ClusterSnapshot>, intervalMs: number): Promise<void> {
  let lines = linesOf(await round(), false)
  const ended = new AbortController()
  const screen = openScreen(process.stdin, process.stdout)
  const draw = (): void => {
    const { columns, rows } = screen.size()
    const shown = [...lines.slice(0, rows - 1), 'q leaves']
    screen.draw(shown.map((line) => line.slice(0, columns)))
  }
  try {
    screen.onKey(({ name, ctrl }) => {
      if (name === 'q' || name === 'escape' || (ctrl === true && name === 'c')) ended.abort()
    })
    screen.onResize(draw)
    screen.onEnd(() => ended.abort())
    while (!ended.signal.aborted) {
      draw()
      await pause(intervalMs, undefined, { signal: ended.signal }).catch(() => undefined)
      if (!ended.signal.aborted) lines = linesOf(await round(), false)
    }
  } finally {
    screen.close()
  }
}

function linesOf(
  { at, where, namespace, usage, rows, unknown, apiCalls }: ClusterSnapshot,
  quiet: boolean,
): string[] {
  const cells = rows.map((row) => [
    printable(`${row.namespace}/${row.pod}/${row.container}`),
    shortBytes(row.usageBytes),
    shortBytes(row.limitBytes),
    shortPercent(shareOf(row)),
    shortBytes(row.requestBytes),
    String(row.restarts),
    row.killedAt === null ? '' : shortDuration(Math.max(0, at - row.killedAt) / 1_000),
    printable(row.node ?? ''),
    printable(row.waits ?? ''),
  ])
  const head = [
    'POD/CONTAINER',
    'USAGE',
    'LIMIT',
    '%',
    'REQUEST',
    'RESTARTS',
    'KILLED',
    'NODE',
    'NOTES',
  ]
  const lines = textTable(quiet ? [] : head, cells, [1, 2, 3, 4, 5, 6])
  if (quiet) return lines
  const scope = namespace === null ? 'all namespaces' : `namespace ${namespace}`
  const title = `${where}: ${counted(rows.length, 'container')} of ${scope}, ${apiCalls} calls so far`
  const source = usage.says === null ? [] : [`usage from ${printable(usage.says)}`]
  return [title, ...source, ...lines, ...unknown.map((line) => `! ${printable(line)}`)]
}

function documentOf({ at, rows, ...rest }: ClusterSnapshot) {
  const iso = (instant: number | null): string | null =>
    instant === null ? null : new Date(instant).toISOString()
  return {
    /** What `stella top --cluster --json` prints. */
    schema: 'stella.top-cluster/1',
    at: iso(at),
    ...rest,
    containers: rows.map(({ killedAt, ...row }) => ({ ...row, killedAt: iso(killedAt) })),
  }
}

function shareOf({ usageBytes, limitBytes }: ContainerRow): number | null {
  return usageBytes === null || limitBytes === null || limitBytes === 0
    ? null
    : usageBytes / limitBytes
}

/** @throws StellaError 2 for what only the machine itself tells of a group */
function orderBy(key: SortKey): (snapshot: ClusterSnapshot) => ClusterSnapshot {
  const compare = ORDERS[key]
  if (compare === undefined) {
    throw usageError(
      `an API server tells nothing of ${key}`,
      '--sort',
      "sort by usage, percent or name, or run 'stella top' on the node",
    )
  }
  return (snapshot) => ({ ...snapshot, rows: snapshot.rows.toSorted(compare) })
}

const nameOf = ({ namespace, pod, container }: ContainerRow): string =>
  `${namespace}/${pod}/${container}`
const byName = (a: ContainerRow, b: ContainerRow): number =>
  nameOf(a) < nameOf(b) ? -1 : Number(nameOf(a) > nameOf(b))
const ORDERS: Readonly<Partial<Record<SortKey, (a: ContainerRow, b: ContainerRow) => number>>> = {
  usage: (a, b) => (b.usageBytes ?? -1) - (a.usageBytes ?? -1) || byName(a, b),
  percent: (a, b) => (shareOf(b) ?? -1) - (shareOf(a) ?? -1) || byName(a, b),
  name: byName,
}
