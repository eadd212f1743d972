/**
 * Fills its memory group up to so many bytes that cannot be reclaimed, and does nothing: `node idle.ts none|timer|guard|box BYTES SECONDS`
 * Prints its processor time in percent. With `timer`, a timer of Node's own that does nothing wakes it up as often as a guard may.
 */
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createMemoryGuard } from '../../guard/src/index.ts'
import { openSampler } from '../../guard/src/memory/sampler.ts'
import { testbedFolder } from '../../test/support/testbed.ts'

const SETTLE_MS = 1_500
const [, , mode = '', bytes = '0', seconds = '1'] = process.argv
const file = join(testbedFolder('bench-guard'), 'box')
const OFTEN_MS = 30
if (mode === 'timer') setInterval(() => undefined, OFTEN_MS)
if (mode === 'guard') createMemoryGuard({ exits: false })
if (mode === 'box') createMemoryGuard({ exits: false, blackBox: { file } })
// What the guard itself takes is a part of it.
await sleep(SETTLE_MS)
const sampler = openSampler()
const [group] = sampler.sample(0).constraints
sampler.close()
if (group?.kind !== 'group') throw new Error('it is in no memory group with a limit')
const held = Buffer.alloc(Math.max(0, Number(bytes) - group.usedBytes), 1)
await sleep(SETTLE_MS)
const before = process.cpuUsage()
await sleep(Number(seconds) * 1_000)
const { user, system } = process.cpuUsage(before)
process.stdout.write(
  `${((user + system) / Number(seconds) / 10_000).toFixed(4)} ${held.length > 0 ? '' : ' '}\n`,
)
process.exit()
