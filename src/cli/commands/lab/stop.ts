import { alone } from '../../../app/labs/live-bench.ts'
import { stopLab } from '../../../labs/stop.ts'
import type { CliContext } from '../../context.ts'
import { print } from '../scanner/print.ts'
import { benchFor } from './bench.ts'
import type { LabFlags } from './parameters.ts'

/** `stella lab stop`. */
export async function stopOne(this: CliContext, flags: LabFlags, id: string): Promise<void> {
  const bench = benchFor(this, flags)
  const wasOpen = await alone(bench, `lab stop ${id}`, () => stopLab(bench, id))
  print(this.io, flags, {
    document: { schema: 'stella.lab-stop/1', id, stopped: wasOpen },
    lines: [
      wasOpen
        ? `${id} is ended, and everything that it made is removed.`
        : `${id} was not open; nothing of it is left.`,
    ],
    quiet: [],
  })
}
