/** `stella fix --list` and `--undo`. */
import { EXIT, unreachableError, usageError } from '../../../model/errors.ts'
import type { FixRecord } from '../../../model/fix.ts'
import type { Subject, Target } from '../../../model/subject.ts'
import type { CliContext } from '../../context.ts'
import type { FixDesk } from '../../engine.ts'
import { fixList, undoneText } from '../../render/fix-records.ts'
import { paintFor } from '../../render/paint.ts'
import { parseTarget } from '../../target.ts'
import { writtenCases } from '../../recorded-case.ts'
import { recordDocument } from './document.ts'
import { shownRecord } from './hidden.ts'
import type { FixFlags } from './flags.ts'
import { isSameSubject } from './subject.ts'

/** Where the fixes and the cases are kept. */
interface Places {
  desk: FixDesk
  dataFolder: string
}

export async function listFixes(
  { io }: CliContext,
  flags: FixFlags,
  places: Places,
  text: string | undefined,
): Promise<void> {
  const records = text === undefined ? places.desk.list() : await fixesNamed(places, text)
  io.out(
    flags.json === true
      ? json({
          /** With `--list`: fixes, the newest first. */
          schema: 'stella.fix/1',
          action: 'list' as const,
          fixes: records.map(recordDocument),
        })
      : fixList(records.map(shownRecord), { quiet: flags.quiet ?? false }),
  )
}

/** Takes back the fix that is named, the newest applied of a target; without a name what was left half-made, or the only one. */
export async function undo(
  context: CliContext,
  flags: FixFlags,
  places: Places,
  text: string | undefined,
): Promise<void> {
  const { desk } = places
  // What was left half-made comes first: nobody would ask for it by its id.
  const recovered = text === undefined ? await desk.recover() : []
  const records =
    recovered.length > 0
      ? recovered
      : [await desk.undo((await whichFix(places, text)).id, { force: flags.force ?? false })]
  const { io } = context
  const isBack = records.every(({ state }) => state === 'undone' || state === 'rolled-back')
  context.finish(isBack ? EXIT.ok : EXIT.bad)
  if (flags.json === true) {
    const documents = records.map(recordDocument)
    const [record = null] = documents
    io.out(
      json({
        /** With `--undo`: what was taken back. */
        schema: 'stella.fix/1',
        action: 'undo' as const,
        record,
        records: documents,
      }),
    )
    return
  }
  const options = { paint: paintFor(io, flags.noColor ?? false), quiet: flags.quiet ?? false }
  io.out(records.map((record) => undoneText(shownRecord(record), options)).join(''))
}

async function whichFix(places: Places, text: string | undefined): Promise<FixRecord> {
  const { desk } = places
  const named = text === undefined ? null : desk.read(text)
  if (named !== null) return named
  const of = text === undefined ? desk.list() : await fixesNamed(places, text)
  const standing = of.filter(({ state }) => state !== 'undone' && state !== 'rolled-back')
  const [newest, second] = standing
  if (newest === undefined) {
    throw unreachableError(
      text === undefined ? 'no fix stands' : `no fix of ${text} stands`,
      desk.folder,
      "see those that were made with 'stella fix --list'",
    )
  }
  if (text === undefined && second !== undefined) {
    const ids = standing.slice(0, 5).map((one) => one.id)
    throw usageError(`several fixes stand: ${ids.join(', ')}`, null, 'name one of them')
  }
  return newest
}

/** By the subject of a case, by the id of a fix, or by the name that a target has, which may be gone by now. */
async function fixesNamed({ desk, dataFolder }: Places, text: string): Promise<FixRecord[]> {
  const records = desk.list()
  const byId = records.filter(({ id }) => id === text)
  if (byId.length > 0) return byId
  const subject = (await writtenCases(text, dataFolder))?.[0]?.subject ?? null
  if (subject !== null) return records.filter((record) => isSameSubject(record.subject, subject))
  const target = parseTarget(text)
  const isIt = matcher(target)
  // A limit above the subject is changed where it stands: it is found by either name.
  return records.filter(
    ({ subject: of, plan }) =>
      isIt(of) ||
      (plan.target.kind === 'cgroup' &&
        target.kind === 'cgroup' &&
        plan.target.path === target.path),
  )
}

function matcher(target: Target): (subject: Subject) => boolean {
  return (subject) => {
    const names = [subject.name, subject.id]
    switch (target.kind) {
      case 'container':
        return subject.platform === target.engine && names.includes(target.name)
      case 'pod': {
        const pod = `${target.namespace}/${target.pod}`
        const name = subject.name ?? ''
        return target.container === null
          ? name === pod || name.startsWith(`${pod}/`)
          : name === `${pod}/${target.container}`
      }
      case 'marathon':
        return names.includes(target.app)
      case 'cgroup':
        return names.includes(target.path)
      case 'process':
        return subject.platform === 'process' && subject.id === String(target.pid)
      case 'host':
        return subject.platform === 'host'
      case 'name':
        return names.some((name) => name === target.name || name?.endsWith(`/${target.name}`))
    }
  }
}

function json(document: object): string {
  return `${JSON.stringify(document, null, 2)}\n`
}
