/** A guarded service that fills its memory until it refuses all work, and keeps what it has: `node stays.ts BLACK_BOX` */
import { setTimeout as sleep } from 'node:timers/promises'
import { createMemoryGuard } from '../../src/index.ts'
import { recording } from './recording.ts'

const CHUNK = 2 * 1024 * 1024

const [, , file = ''] = process.argv
const guard = createMemoryGuard({ longestShedMs: 500, blackBox: { file, service: 'stays' } })
await recording(file)
const kept: Buffer[] = []
for (;;) {
  if (guard.tier !== 'shed') kept.push(Buffer.alloc(CHUNK, 1))
  await sleep(guard.settings.shortestMs)
}
