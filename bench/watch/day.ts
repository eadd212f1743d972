/**
 * What a day does to the memory of the watch: `node --expose-gc bench/watch/day.ts [HOURS] [GROUPS]`
 * Runs the daemon in this process over real groups, round after round without a pause, with a clock that goes on by a second in each.
 * Prints the heap after each quarter of the time: what grows with time alone would show. Needs root and a C compiler; its groups and
 * folder are removed again.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startWatch } from '../../src/app/watch/daemon.ts'
import { hostReader } from '../../src/sources/reader.ts'
import { openCaseJournal } from '../../src/store/cases.ts'
import { USUAL_THRESHOLDS } from '../../src/watch/warn/levels.ts'
import { manyGroups } from '../speed/groups.ts'

const HOURS = Number(process.argv[2] ?? 24)
const GROUPS = Number(process.argv[3] ?? 30)
const ROUNDS = HOURS * 3_600
/** After the first quarter everything that has a bound has reached it. */
const MOST_GROWTH_MIB = 4

await using _groups = await manyGroups(GROUPS)
const folder = mkdtempSync(join(tmpdir(), 'stella-bench-'))
const begun = Date.now()
let rounds = 0
const reader = hostReader({
  now: () => begun + rounds * 1_000,
  monotonicSeconds: () => 1_000_000 + rounds,
})
const journal = openCaseJournal(folder, { now: reader.now })
const heaps: number[] = []
const ended = Promise.withResolvers<void>()
const watch = startWatch({
  reader,
  journal,
  intervalMs: 1,
  thresholds: USUAL_THRESHOLDS,
  onEntry: () => undefined,
  onRound() {
    rounds++
    if (rounds % Math.floor(ROUNDS / 4) === 0) heaps.push(heapMib())
    if (rounds === ROUNDS) ended.resolve()
  },
})
await ended.promise
await watch.stop()
journal.close()
rmSync(folder, { recursive: true, force: true })
const [first = Number.NaN] = heaps
const growth = (heaps.at(-1) ?? Number.NaN) - first
const rss = process.memoryUsage().rss / 2 ** 20
process.stdout.write(
  `${ROUNDS} rounds over ${GROUPS} groups: heap ${heaps.map((mib) => mib.toFixed(1)).join(', ')} MiB after each quarter, ` +
    `${rss.toFixed(0)} MiB resident, from the sources\n`,
)
const good = growth <= MOST_GROWTH_MIB
process.stdout.write(
  `bar: at most ${MOST_GROWTH_MIB} MiB more from the first quarter on: ${good ? 'held' : 'missed'}\n`,
)
process.exitCode = good ? 0 : 1

function heapMib(): number {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed / 2 ** 20
}
