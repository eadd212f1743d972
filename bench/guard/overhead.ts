/**
 * What the guard costs: `node bench/guard/overhead.ts [ROUNDS]`
 * 1. processor time of a service that does nothing, without and with the guard, at several shares of its limit; 2. the same under visitors,
 * with how long these wait, in turn. Needs root and redis-server.
 */
import { once } from 'node:events'
import { join } from 'node:path'
import { signIn } from '../../guard/test/visitors.ts'
import { MIB } from '../../src/model/bytes.ts'
import { createGroup } from '../../test/support/cgroups.ts'
import { startRedis } from '../../test/support/redis.ts'

const [rounds = 3] = process.argv.slice(2).map(Number)
const IDLE = join(import.meta.dirname, 'idle.ts')
const SHOP = join(import.meta.dirname, '../../guard/test/services/shop.ts')
const LIMIT = 256 * MIB
const SECONDS = 6
const USERS = 400
const BAR_PERCENT = 1
const BAR_TIMES = 1.25

const bare = await idle('none', 0.3)
let worst = 0
for (const share of [0.3, 0.6, 0.8, 0.9]) {
  const guarded = (await idle('guard', share)) - bare
  const recorded = (await idle('box', share)) - bare
  worst = Math.max(worst, guarded, recorded)
  process.stdout.write(
    `at ${share * 100} % of ${LIMIT / MIB} MiB: guard ${guarded.toFixed(2)} %, with black box ${recorded.toFixed(2)} % of a processor (bar ${BAR_PERCENT} %)\n`,
  )
}
const group = createGroup('bench-redis')
const redis = await startRedis(group)
const times: Record<string, number[]> = { redis: [], guarded: [], unguarded: [] }
try {
  const socket = redis.cli('CONFIG', 'GET', 'unixsocket').split('\n')[1] ?? ''
  for (let round = 0; round < rounds; round++) {
    for (const mode of Object.keys(times)) times[mode]?.push(await p99(mode, socket))
  }
} finally {
  await redis.end()
  await group.remove()
}
const [stored = Number.NaN, guarded = Number.NaN, memory = Number.NaN] =
  Object.values(times).map(median)
process.stdout.write(
  `p99 of ${USERS} logins: in memory ${memory.toFixed(1)} ms, in Redis ${stored.toFixed(1)} ms, in Redis with the guard ${guarded.toFixed(1)} ms: ${(guarded / stored).toFixed(2)} times (bar ${BAR_TIMES}); medians of ${rounds}\n`,
)
process.exitCode = worst <= BAR_PERCENT && guarded <= BAR_TIMES * stored ? 0 : 1

/** In percent of one processor. */
async function idle(mode: string, share: number): Promise<number> {
  const own = createGroup('bench-idle', LIMIT)
  try {
    const { child } = own.start([
      process.execPath,
      IDLE,
      mode,
      String(share * LIMIT),
      String(SECONDS),
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
