/** Holds so many bytes and does nothing: `node idle.ts none|guard|box BYTES SECONDS` prints its processor time in percent. */
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createMemoryGuard } from '../../guard/src/index.ts'
import { testbedFolder } from '../../test/support/testbed.ts'

const SETTLE_MS = 1_500
const [, , mode = '', bytes = '0', seconds = '1'] = process.argv
const rest = Math.max(0, Number(bytes) - process.memoryUsage.rss())
const held = Buffer.alloc(rest, 1)
const file = join(testbedFolder('bench-guard'), 'box')
if (mode !== 'none') {
  createMemoryGuard({ exits: false, ...(mode === 'box' ? { blackBox: { file } } : {}) })
}
await sleep(SETTLE_MS)
const before = process.cpuUsage()
await sleep(Number(seconds) * 1_000)
const { user, system } = process.cpuUsage(before)
process.stdout.write(
  `${((user + system) / Number(seconds) / 10_000).toFixed(4)} ${held.length > 0 ? '' : ' '}\n`,
)
process.exit()
