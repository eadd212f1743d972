/**
 * What the guard costs: `node bench/guard/overhead.ts [ROUNDS] [SECONDS] [SHARE]…`
 * 1. processor time of a service that does nothing, without and with the guard, at several shares of its limit; 2. how long visitors wait
 * below the limit, with sessions in memory, in Redis, and in Redis with the guard. All in turn. Needs root and redis-server.
 */
import { once } from 'node:events'
import { join } from 'node:path'
import { signIn } from '../../guard/test/visitors.ts'
import { MIB } from '../../src/model/bytes.ts'
import { createGroup } from '../../test/support/cgroups.ts'
import { startRedis } from '../../test/support/redis.ts'

const [rounds = 3, seconds = 6, ...shares] = process.argv.slice(2).map(Number)
const IDLE = join(import.meta.dirname, 'idle.ts')
const SHOP = join(import.meta.dirname, '../../guard/test/services/shop.ts')
const LIMIT = 256 * MIB
const SHARES = shares.length > 0 ? shares : [0.3, 0.6, 0.75, 0.85, 0.9]
const USERS = 400
const BAR_PERCENT = 1
const BAR_TIMES = 1.25

const bare = await idle('none', 0.3)
const idles = SHARES.map((share) => ({ share, ...none() }))
for (let round = 0; round < rounds; round++) {
  for (const { share, ...modes } of idles) {
    for (const [mode, costs] of Object.entries(modes)) costs.push((await idle(mode, share)) - bare)
  }
}
const timer = median(idles.flatMap(({ timer }) => timer))
process.stdout.write(
  `a timer of Node that does nothing, 33 times a second: ${timer.toFixed(2)} % of a processor; medians of ${rounds}\n`,
)
for (const { share, guard, box } of idles) {
  process.stdout.write(
    `at ${share * 100} % of ${LIMIT / MIB} MiB: guard ${median(guard).toFixed(2)} %, with black box ${median(box).toFixed(2)} % (bar ${BAR_PERCENT} %)\n`,
  )
}
const worst = Math.max(...idles.map(({ box }) => median(box)))
const group = createGroup('bench-redis')
const redis = await startRedis(group)
const times: Record<string, number[]> = { unguarded: [], redis: [], guarded: [] }
try {
  const socket = redis.cli('CONFIG', 'GET', 'unixsocket').split('\n')[1] ?? ''
  for (let round = 0; round < rounds; round++) {
    for (const mode of Object.keys(times)) times[mode]?.push(await p99(mode, socket))
  }
} finally {
  await redis.end()
  await group.remove()
}
const [memory = Number.NaN, stored = Number.NaN, guarded = Number.NaN] =
  Object.values(times).map(median)
process.stdout.write(
  `p99 of ${USERS} logins: in memory ${memory.toFixed(1)} ms, in Redis ${stored.toFixed(1)} ms, in Redis with the guard ${guarded.toFixed(1)} ms: ${(guarded / memory).toFixed(2)} times those in memory (bar ${BAR_TIMES}); medians of ${rounds}\n`,
)
process.exitCode = worst <= BAR_PERCENT && guarded <= BAR_TIMES * memory ? 0 : 1

function none(): { timer: number[]; guard: number[]; box: number[] } {
  return { timer: [], guard: [], box: [] }
}

/** In percent of one processor. */
async function idle(mode: string, share: number): Promise<number> {
  const own = createGroup('bench-idle', LIMIT)
  try {
    const { child } = own.start([
      process.execPath,
      IDLE,
      mode,
      String(share * LIMIT),
      String(seconds),
    ])
    if (child.stdout === null) throw new Error('no standard output')
    const [text] = await once(child.stdout, 'data')
    return Number(String(text))
  } finally {
    await own.remove()
  }
}

async function p99(mode: string, socket: string): Promise<number> {
  const own = createGroup('bench-shop', 2 * LIMIT)
  try {
    const { child } = own.start([process.execPath, SHOP, mode, socket])
    if (child.stdout === null) throw new Error('no standard output')
    const [text] = await once(child.stdout, 'data')
    const { tookMs } = await signIn(Number(String(text)), USERS, 1)
    return tookMs.toSorted((one, other) => one - other)[Math.floor(USERS * 0.99)] ?? Number.NaN
  } finally {
    await own.remove()
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN
}
