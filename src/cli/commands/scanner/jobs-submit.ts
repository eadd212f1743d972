import type { NamedImage } from '../../../app/scan/open.ts'
import { EXIT, usageError } from '../../../model/errors.ts'
import type { CliContext } from '../../context.ts'
import { endedJob } from '../../ended-job.ts'
import { userName, withDesk } from '../../scanner-desk.ts'
import type { ScannerFlags } from './flags.ts'
import { printJob } from './jobs.ts'
import { wholeName } from './whole-name.ts'

export interface SubmitFlags extends ScannerFlags {
  priority: number
  platform?: string
  /** Milliseconds. */
  timeout?: number
  readAgain?: boolean
  wait?: boolean
}

/** `stella scanner jobs submit`. */
export async function submitJob(
  this: CliContext,
  flags: SubmitFlags,
  image: NamedImage,
): Promise<void> {
  await withDesk(this.io, flags, async (desk, { isAlone }) => {
    if (flags.wait === true && isAlone) {
      throw usageError(
        'nobody works on it while this command has the database',
        '--wait',
        "start 'stella serve' first",
      )
    }
    const request = {
      image: wholeName(image),
      platform: flags.platform ?? null,
      priority: flags.priority,
      timeoutMs: flags.timeout ?? null,
      readsAgain: flags.readAgain ?? false,
    }
    const job = await desk.submit(request, userName())
    const { state, notes } = await desk.status()
    if (state === 'stopped') this.io.err(`stella: ${notes.join('; ')}\n`)
    const last = flags.wait === true ? await endedJob(desk, job) : job
    printJob(this, flags, last)
    this.finish(flags.wait === true && last.state !== 'done' ? EXIT.bad : EXIT.ok)
  })
}
