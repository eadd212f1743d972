import type { Glance } from '../../../investigate/glance.ts'
import { counted } from '../../../model/counted.ts'
import type { Instant } from '../../../model/time.ts'
import { printable } from '../../../report/printable.ts'
import { readRecordedCase, surveyCases } from '../../../store/cases.ts'
import { usualDataFolder } from '../../../store/data-folder.ts'
import type { CommonFlags } from '../../common-flags.ts'
import type { CliContext, CliIo } from '../../context.ts'
import { paintFor } from '../../render/paint.ts'
import { reportWidth } from '../../render/width.ts'
import { wrapHanging } from '../../render/wrap.ts'
import { nextSteps, type Recorded, type Step } from './steps.ts'

/** `stella` without a command: what to do next, by what this machine shows. */
export async function overview(this: CliContext, flags: CommonFlags): Promise<void> {
  const { io } = this
  const engine = await this.engine()
  const [seen, recorded] = await Promise.all([engine.glance(), recordedCases(io)])
  const unread = [...seen.unread, ...recorded.unread]
  const steps = nextSteps(seen, recorded, { isRoot: process.getuid?.() === 0 })
  if (flags.json === true) {
    const document = {
      /** What `stella --json` prints: what to do next on this machine. */
      schema: 'stella.next/1',
      dead: seen.dead.map(deadDocument),
      unnamedKills: seen.unnamedKills,
      steps,
      unread,
    }
    io.out(`${JSON.stringify(document, null, 2)}\n`)
    return
  }
  if (flags.quiet === true) {
    for (const { run } of steps) io.out(`${printable(run)}\n`)
    return
  }
  io.out(`${textOf(io, { seen, steps, unread, flags }).join('\n')}\n`)
}

interface Told {
  seen: Glance
  steps: readonly Step[]
  unread: readonly string[]
  flags: CommonFlags
}

function textOf(io: CliIo, { seen, steps, unread, flags }: Told): string[] {
  const paint = paintFor(io, flags.noColor ?? false)
  const width = reportWidth(io)
  const isQuiet = seen.dead.length === 0 && seen.unnamedKills === null
  const head = headOf(seen, unread)
  return [
    ...wrapHanging('', head, width).map((line) => (isQuiet ? line : paint.bad(line))),
    '',
    ...steps.flatMap(({ says, run }) => [
      ...wrapHanging('  ', printable(says), width),
      paint.bold(`      ${printable(run)}`),
    ]),
    ...(unread.length === 0 ? [] : ['']),
    ...unread.flatMap((gap) => wrapHanging('Not seen: ', printable(gap), width)),
    '',
    'All commands: stella --help',
  ]
}

function headOf({ dead, unnamedKills }: Glance, unread: readonly string[]): string {
  const named =
    dead.length === 0
      ? null
      : `${dead.length} ${dead.length === 1 ? 'has' : 'have'} died or lost a process here, perhaps of memory.`
  const unnamed =
    unnamedKills === null
      ? null
      : `The kernel has killed ${counted(unnamedKills, 'process', 'processes')} for lack of memory since the machine was started, and the log that names them is not open to you.`
  const told = [named, unnamed].filter((part) => part !== null)
  if (told.length > 0) return told.join(' ')
  return `Nothing seen here died of memory${unread.length > 0 ? ', as far as it can be seen' : ''}.`
}

function deadDocument({ target, exitCode, kills }: Glance['dead'][number]) {
  return { target, exitCode, kills: kills.map(({ at, ...kill }) => ({ at: utc(at), ...kill })) }
}

function utc(at: Instant | null): string | null {
  return at === null ? null : new Date(at).toISOString()
}

/** Nobody has recorded anything where there is no folder; one that may not be read is told. */
async function recordedCases(io: CliIo): Promise<Recorded & { unread: string[] }> {
  const folder = usualDataFolder(undefined, io.env, process.getuid?.() === 0)
  if (folder === null) return { count: 0, newestId: null, unread: [] }
  try {
    const { cases, more } = await surveyCases(folder, { limit: 1 })
    const [newest] = cases
    const found = newest === undefined ? null : readRecordedCase(newest)
    return { count: cases.length + more, newestId: found?.case.id ?? null, unread: [] }
  } catch (error) {
    if (!(error instanceof Error)) throw error
    return { count: 0, newestId: null, unread: [`recorded cases: ${error.message}`] }
  }
}
