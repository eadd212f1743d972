import { alone } from '../../../app/labs/live-bench.ts'
import type { BackendId } from '../../../labs/backend-id.ts'
import { startLab } from '../../../labs/start.ts'
import type { CliContext } from '../../context.ts'
import { benchFor, listening } from './bench.ts'
import type { LabFlags } from './parameters.ts'
import { tellStatus } from './status.ts'

interface StartFlags extends LabFlags {
  backend?: BackendId
  ttl?: number
}

/** `stella lab start`. */
export async function startOne(this: CliContext, flags: StartFlags, id: string): Promise<void> {
  const bench = benchFor(this, flags)
  // Whoever closes the terminal is no reason to leave anything behind.
  this.io.mayGoUnread()
  const order = { backend: flags.backend ?? null, ttlMs: flags.ttl ?? null }
  await listening(this, flags, (watching) =>
    alone(bench, `lab start ${id}`, () => startLab(bench, id, order, watching)),
  )
  tellStatus(this, flags, bench, id)
}
