/**
 * Gives damaged files to every reader of what comes from outside, again and again, and tells which of them throw, take too long,
 * need too much memory, or answer what cannot be. Each run is made from its seed and number alone. The least input of a failure
 * is left in a folder: it makes the test beside the reader.
 *
 *   node scripts/fuzz.ts [--minutes 1] [--only series,audit] [--seed 1] [--found /tmp/found]
 *   node scripts/fuzz.ts --only series --seed 1 --from 4711 --runs 1     # one run again
 */
import { randomInt } from 'node:crypto'
import { TARGETS } from './fuzz/targets/index.ts'
import { turn } from './fuzz/watch.ts'
import { readArguments } from './lib/arguments.ts'
import { cacheFolder } from './lib/cache.ts'

const MINUTE_MS = 60_000
/** Each has its turn after so long, so that all have had some whenever it is ended. */
const TURN_MS = MINUTE_MS

const { values } = readArguments({
  options: {
    minutes: { type: 'string', default: '1' },
    runs: { type: 'string' },
    from: { type: 'string', default: '0' },
    seed: { type: 'string', default: String(randomInt(1_000_000)) },
    only: { type: 'string' },
    found: { type: 'string', default: cacheFolder('fuzz') },
  },
})
const seed = Number(values.seed)
const from = Number(values.from)
const to = values.runs === undefined ? Infinity : from + Number(values.runs)
const mostMs = Number(values.minutes) * MINUTE_MS
const wanted = values.only?.split(',')
const unknown = wanted?.filter((name) => !TARGETS.some((target) => target.name === name)) ?? []
if (unknown.length > 0) {
  console.error(
    `no such target: ${unknown.join(', ')}; there are ${TARGETS.map(({ name }) => name).join(', ')}`,
  )
  process.exit(2)
}
const states = TARGETS.filter(({ name }) => wanted?.includes(name) ?? true).map(({ name }) => ({
  name,
  next: from,
  ms: 0,
  failures: 0,
}))
if (states.length === 0) {
  console.error(`no such target; there are ${TARGETS.map(({ name }) => name).join(', ')}`)
  process.exit(2)
}
console.log(`seed ${seed}, ${states.length} targets`)
for (let going = states; going.length > 0;) {
  for (const state of going) {
    const { failures, next, ms } = await turn({
      targets: new URL('./fuzz/targets/index.ts', import.meta.url).href,
      target: state.name,
      seed,
      from: state.next,
      to,
      forMs: Math.min(TURN_MS, mostMs - state.ms),
      found: values.found,
    })
    Object.assign(state, { next, ms: state.ms + ms, failures: state.failures + failures.length })
    for (const failure of failures) console.log(`  ${state.name}: ${failure}`)
    console.log(
      `${state.name}: ${state.next - from} runs in ${(state.ms / MINUTE_MS).toFixed(2)} min, ${state.failures} failures`,
    )
  }
  going = going.filter(({ ms, next }) => ms < mostMs - 100 && next < to)
}
process.exitCode = states.some(({ failures }) => failures > 0) ? 1 : 0
