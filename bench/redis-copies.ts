/**
 * How much a Redis copies while a snapshot runs, by the share of its keys that are written meanwhile. Needs root and Redis.
 * Usage: node bench/redis-copies.ts
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { formatBytes, GIB } from '../src/model/bytes.ts'
import { createGroup } from '../test/support/cgroups.ts'
import { pidsIn, startRedis } from '../test/support/server-starters.ts'
import { itemBytes, observe, viewOf } from '../test/support/servers.ts'
import { until } from '../test/support/testbed.ts'

const KEYS = 100_000

for (const [bytes, share] of [
  [1_000, 0],
  [1_000, 0.01],
  [1_000, 0.1],
  [1_000, 0.5],
  [1_000, 1],
  [100, 0.01],
  [100, 0.1],
] as const) {
  await measure(bytes, share)
}

async function measure(valueBytes: number, share: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'copies-'))
  const group = createGroup('copies', GIB)
  try {
    // The snapshot waits at each key, so that it lasts as long as the writes do.
    const { client } = await startRedis(group, folder, '--rdb-key-save-delay', '2000')
    client('debug', 'populate', String(KEYS), 'key', String(valueBytes))
    client('bgsave')
    await until('it forked', () => pidsIn(group).length === 2)
    // Spread over all keys, as they are written in life.
    const write = `for i=0,${Math.round(KEYS * share) - 1} do redis.call("setrange", "key:"..((i*7919)%${KEYS}), 0, "x") end`
    if (share > 0) client('eval', write, '0')
    const view = viewOf(await observe('copies', pidsIn(group), GIB), 'redis')
    const data = itemBytes(view, 'dataset') + itemBytes(view, 'tables')
    const copied = itemBytes(view, 'copied')
    console.log(
      `values of ${valueBytes} bytes, ${share * 100} % written: ${formatBytes(copied)} copied of ${formatBytes(data)}, ${Math.round((100 * copied) / data)} %`,
    )
  } finally {
    await group.remove()
    rmSync(folder, { recursive: true, force: true })
  }
}
