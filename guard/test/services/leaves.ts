/** A guarded service that leaves in good order: `node leaves.ts BLACK_BOX` */
import { createMemoryGuard } from '../../src/index.ts'
import { recording } from './recording.ts'

const [, , file = ''] = process.argv
const guard = createMemoryGuard({ blackBox: { file, service: 'leaves' } })
const warned = new Promise<void>((resolve) => {
  process.once('warning', ({ message }) => {
    process.stdout.write(message, () => resolve())
  })
})
await Promise.race([recording(file), warned])
await guard.drain()
