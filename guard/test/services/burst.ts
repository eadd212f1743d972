/** A guarded service that fills its memory in one go, with its event loop standing still: `node burst.ts BLACK_BOX` */
import { createMemoryGuard } from '../../src/index.ts'
import { recording } from './recording.ts'

const CHUNK = 4 * 1024 * 1024

const [, , file = ''] = process.argv
createMemoryGuard({ blackBox: { file, service: 'burst' } })
await recording(file)
const kept: Buffer[] = []
for (;;) kept.push(Buffer.allocUnsafeSlow(CHUNK).fill(1))
