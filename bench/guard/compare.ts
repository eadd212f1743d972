/**
 * One load of sessions that do not fit, on the guard and on its peers: `node bench/guard/compare.ts [LIMIT_MIB] [USERS] [SESSION_KIB] [SERVICE]`
 * Each service is in a memory group of its own; Redis stands outside. Needs root and redis-server.
 */
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { known, signIn } from '../../guard/test/visitors.ts'
import { MIB } from '../../src/model/bytes.ts'
import { createGroup } from '../../test/support/cgroups.ts'
import type { TestGroup } from '../../test/support/cgroups.ts'
import { startRedis } from '../../test/support/redis.ts'
import { installPeers, PM2 } from './peers.ts'

const [limitMiB = 512, users = 110, sessionKib = 5_120] = process.argv.slice(2, 5).map(Number)
const only = process.argv[5]
const SHOP = join(import.meta.dirname, '../../guard/test/services/shop.ts')
const PEER = join(import.meta.dirname, 'peer-shop.js')
const AT_ONCE = 8
/** So often a visitor comes again who is refused, as it is told. */
const TRIES = 20
const PM2_PORT = 18_137
const REFUSE_AT = Math.round(0.8 * limitMiB)

if (only === undefined) installPeers()
const redisGroup = createGroup('bench-redis')
const redis = await startRedis(redisGroup)
try {
  const socket = redis.cli('CONFIG', 'GET', 'unixsocket').split('\n')[1] ?? ''
  const node = process.execPath
  process.stdout.write(
    `limit ${limitMiB} MiB, ${users} sessions of ${sessionKib} KiB, ${AT_ONCE} visitors at once\n`,
  )
  // Else V8's own limit, half of the group's, would end some of them before the kernel does.
  const heap = `--max-old-space-size=${limitMiB}`
  const size = String(sessionKib)
  const budget = String(limitMiB / 2)
  const pm2 = [
    ...[PM2, 'start', SHOP, '--interpreter', node, '--node-args', heap, '--raw'],
    ...['--max-memory-restart', `${REFUSE_AT}M`, '--', 'unguarded', '-', String(PM2_PORT), size],
  ]
  const services: readonly (readonly [string, readonly string[]])[] = [
    ['MemoryStore of express-session', [node, heap, SHOP, 'unguarded', '-', '0', size]],
    ['memorystore 1.6.8', [node, heap, PEER, 'memorystore', size]],
    ['pm2 7.0.4, max_memory_restart 80 %', pm2],
    [
      '@fastify/under-pressure 9.2.0, 80 %',
      [node, heap, PEER, 'under-pressure', size, String(REFUSE_AT * MIB)],
    ],
    ['the guard', [node, heap, SHOP, 'guarded', socket, '0', size, budget]],
  ]
  for (const [name, argv] of services) {
    if (only === undefined || name === only) await measure(name, argv)
  }
} finally {
  await redis.end()
  await redisGroup.remove()
}

async function measure(name: string, argv: readonly string[]): Promise<void> {
  const group = createGroup('bench-guard', limitMiB * MIB)
  try {
    const { child, ended } = group.start(argv)
    let end = 'lives'
    void ended.then(({ code, signal }) => (end = `ended by ${signal ?? `itself (${code})`}`))
    const port = argv[0] === PM2 ? PM2_PORT : await portOf(child.stdout)
    if (argv[0] === PM2) await answering(port)
    const visit = await signIn(port, users, AT_ONCE, { goesOn: argv[0] === PM2, tries: TRIES })
    // Its clients hear of a kill before we do.
    await Promise.race([ended, sleep(500)])
    const stays = end === 'lives' ? await known(port, visit, AT_ONCE, TRIES) : 0
    const took = visit.tookMs.toSorted((one, other) => one - other)
    const p99 = took[Math.floor(took.length * 0.99)] ?? Number.NaN
    const kills = killsIn(group)
    process.stdout.write(
      `${name}: ${end}, ${kills} kills, ${visit.cookies.size} signed in, ${visit.refused} times refused, ${visit.failed} failed, ${stays} still known, p99 ${p99.toFixed(0)} ms\n`,
    )
    child.kill('SIGKILL')
  } finally {
    await group.remove()
  }
}

async function portOf(output: NodeJS.ReadableStream | null): Promise<number> {
  if (output === null) throw new Error('no standard output')
  const [text] = await once(output, 'data')
  output.resume()
  return Number(String(text))
}

async function answering(port: number): Promise<void> {
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}/me`).catch(() => null)
    if (answer?.ok === true) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

function killsIn(group: TestGroup): number {
  const file = group.version === 1 ? 'memory.oom_control' : 'memory.events'
  return Number(/^oom_kill (\d+)/m.exec(group.read(file))?.[1] ?? 0)
}
