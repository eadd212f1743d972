import { listPrevention, markPrevention } from '../../../app/runbooks/prevention.ts'
import { openRunbook } from '../../../app/runbooks/shelf.ts'
import { usageError } from '../../../model/errors.ts'
import { printable } from '../../../report/printable.ts'
import { localTime } from '../../../report/time.ts'
import type { Prevention, PreventionItem } from '../../../runbooks/prevention.ts'
import type { CliContext } from '../../context.ts'
import { paintFor } from '../../render/paint.ts'
import type { Paint } from '../../render/paint.ts'
import { userName } from '../../scanner-desk.ts'
import { print } from '../scanner/print.ts'
import { folderOf } from './run-flags.ts'
import type { DataFlags } from './run-flags.ts'

export interface PreventionFlags extends DataFlags {
  done?: string
  open?: string
  evidence?: string
}

/** `stella runbook prevention`. */
export async function showPrevention(
  this: CliContext,
  flags: PreventionFlags,
  name: string,
): Promise<void> {
  const { runbook } = openRunbook(name).read
  const folder = folderOf(this, flags)
  const now = this.io.now()
  const { item, isDone } = chosen(flags)
  const evidence = flags.evidence ?? null
  const prevention =
    item === null
      ? listPrevention(folder, runbook, now)
      : await markPrevention(folder, runbook, { item, isDone, by: userName(), evidence, now })
  print(this.io, flags, {
    document: { schema: 'stella.runbook-prevention/1', ...prevention },
    lines: linesOf(prevention, paintFor(this.io, flags.noColor ?? false)),
    quiet: prevention.items.map(({ number, state }) => `${number} ${state}`),
  })
}

/** @throws StellaError (usage) */
function chosen({ done, open, evidence }: PreventionFlags): {
  item: string | null
  isDone: boolean
} {
  if (done !== undefined && open !== undefined) {
    throw usageError('--done and --open exclude each other', null, 'give one point at a time')
  }
  const item = done ?? open ?? null
  if (item === null && evidence !== undefined) {
    throw usageError('it belongs to a point', '--evidence', 'add --done N')
  }
  return { item, isDone: done !== undefined }
}

function linesOf({ title, items, gone }: Prevention, paint: Paint): readonly string[] {
  const done = items.filter(({ state }) => state === 'done').length
  return [
    paint.bold(printable(title)),
    ...items.flatMap((item) => itemLines(item, paint)),
    ...gone.flatMap(({ text, isDone, by, at }) =>
      isDone
        ? [paint.dim(`  not in the document any more: ${printable(text)} (${told({ by, at })})`)]
        : [],
    ),
    '',
    items.length === 0 ? 'It has no points to go through.' : `${done} of ${items.length} are done`,
  ]
}

const BOX = { open: '[ ]', done: '[x]', 'look-again': '[?]' } as const

function itemLines({ number, text, state, mark }: PreventionItem, paint: Paint): readonly string[] {
  const line = `  ${String(number).padStart(2)}  ${BOX[state]}  ${printable(text)}`
  if (mark === null) return [line]
  const word = state === 'open' ? 'open again' : 'done'
  const again = state === 'look-again' ? ', long ago: look again' : ''
  const shown = mark.evidence === null ? [] : [printable(mark.evidence)]
  const details = [`${word}: ${told(mark)}${again}`, ...shown]
  return [line, ...details.map((detail) => `           ${paint.dim(detail)}`)]
}

function told({ by, at }: { by: string; at: string }): string {
  return `${printable(by)}, ${localTime(Date.parse(at))}`
}
