import type { NamedImage } from '../../../app/scan/open.ts'
import { EXIT } from '../../../model/errors.ts'
import type { GateState } from '../../../model/scan-job.ts'
import { printable } from '../../../report/printable.ts'
import { localTime } from '../../../report/time.ts'
import { writeAnswer } from '../../../server/answer.ts'
import { GateAnswer, GatesAnswer } from '../../../server/scanner-contract.ts'
import type { CliContext } from '../../context.ts'
import { textTable } from '../../../report/table.ts'
import { withDesk } from '../../scanner-desk.ts'
import type { ScannerFlags } from './flags.ts'
import { print } from './print.ts'
import { wholeName } from './whole-name.ts'

/** `stella scanner gates list`. */
export async function listGates(this: CliContext, flags: ScannerFlags): Promise<void> {
  const gates = await withDesk(this.io, flags, (desk) => desk.gates())
  const rows = gates.map(({ image, reason, job, since }) => [
    printable(image),
    `blocked: ${printable(reason)}`,
    localTime(since),
    printable(job.slice(0, 8)),
  ])
  print(this.io, flags, {
    document: writeAnswer(GatesAnswer, { gates }),
    lines:
      rows.length === 0
        ? ['No image is blocked.']
        : textTable(['Image', 'State', 'Since', 'Job'], rows),
    quiet: gates.map(({ image }) => printable(image)),
  })
}

const EXIT_CODES = {
  open: EXIT.ok,
  blocked: EXIT.bad,
  unknown: EXIT.inconclusive,
} satisfies Record<GateState['state'], number>

/** `stella scanner gates check`. */
export async function checkGate(
  this: CliContext,
  flags: ScannerFlags,
  named: NamedImage,
): Promise<void> {
  const gate = await withDesk(this.io, flags, (desk) => desk.gate(wholeName(named)))
  print(this.io, flags, {
    document: writeAnswer(GateAnswer, gate),
    lines: gateLines(gate),
    quiet: [wordFor(gate)],
  })
  this.finish(EXIT_CODES[gate.state])
}

function wordFor({ state, reason }: GateState): string {
  return reason === null ? state : `${state}: ${printable(reason)}`
}

function gateLines(gate: GateState): string[] {
  const { image, state, job, since } = gate
  const name = printable(image)
  const when = since === null ? '' : ` since ${localTime(since)}`
  const heading = `${wordFor(gate)}  ${name}`
  switch (state) {
    case 'open':
      return [heading, `  its scan was done${when.replace(' since', '')}: job ${job ?? ''}`]
    case 'blocked':
      return [
        heading,
        `  ${when.trim()}: stella scanner jobs show ${job ?? ''}`,
        `  a good scan opens it: stella scanner jobs retry ${job ?? ''}`,
      ]
    case 'unknown':
      return [heading, `  no scan of it is known: stella scanner jobs submit ${name} --wait`]
  }
}
