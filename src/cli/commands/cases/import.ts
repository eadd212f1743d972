import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { redactCase, redactText, redactWorld } from '../../../evidence/redact.ts'
import type { Case } from '../../../model/case.ts'
import { EXIT, usageError } from '../../../model/errors.ts'
import { type CaseJournal, openCaseJournal, recordedIds } from '../../../store/cases.ts'
import { dataFolder } from '../../../store/data-folder.ts'
import { casesIn, casesInFile } from '../../case-file.ts'
import type { CommonFlags } from '../../common-flags.ts'
import type { CliContext } from '../../context.ts'
import { STDIN } from '../../evidence-flags.ts'
import { printable } from '../../../report/printable.ts'
import { stdinText } from './stdin-text.ts'

interface ImportFlags extends CommonFlags {
  data?: string
}

interface Imported {
  imported: string[]
  /** Were recorded before. */
  known: string[]
  /** What could not be read, and what holds no case. */
  unknown: string[]
}

/** `stella cases import`. What stood before a broken file is kept: importing it again changes nothing. */
export async function importCases(
  this: CliContext,
  flags: ImportFlags,
  ...paths: readonly string[]
): Promise<void> {
  if (paths.length === 0) {
    throw usageError(
      'nothing to import is named',
      null,
      'name files, folders, or - for standard input',
    )
  }
  const folder = dataFolder(flags.data, this.io.env, process.getuid?.() === 0)
  const journal = openCaseJournal(folder, { now: this.io.now, lane: 'import' })
  try {
    const answer = await importAll(this, { paths, journal, dataFolder: folder })
    print(this, flags, answer)
    this.finish(answer.imported.length + answer.known.length === 0 ? EXIT.inconclusive : EXIT.ok)
  } finally {
    journal.close()
  }
}

async function importAll(
  context: CliContext,
  {
    paths,
    journal,
    dataFolder,
  }: { paths: readonly string[]; journal: CaseJournal; dataFolder: string },
): Promise<Imported> {
  const recorded = await recordedIds(dataFolder)
  const answer: Imported = { imported: [], known: [], unknown: [] }
  for (const path of paths) {
    const { cases, unknown } = await casesOf(context, path)
    const fresh = [...new Map(cases.map((found) => [found.id, found])).values()].filter(
      ({ id }) => !recorded.has(id),
    )
    const at = context.io.now()
    journal.append(
      fresh.map((found) => ({ kind: 'case', at, incident: found.id, revision: 1, case: found })),
    )
    for (const { id } of fresh) recorded.add(id)
    answer.imported.push(...fresh.map(({ id }) => id))
    const ids = new Set(fresh.map(({ id }) => id))
    answer.known.push(...cases.map(({ id }) => id).filter((id) => !ids.has(id)))
    answer.unknown.push(...unknown)
    if (cases.length === 0) answer.unknown.push(`${path}: there is no case in it`)
  }
  return answer
}

/** The cases of a document as they stand; evidence is judged, as 'stella why --from' would. */
async function casesOf(
  context: CliContext,
  path: string,
): Promise<{ cases: readonly Case[]; unknown: readonly string[] }> {
  if (path === STDIN) {
    const cases = casesIn(
      await stdinText(context, 'list less at once, as with --since 7d'),
      'standard input',
    )
    if (cases !== null) return { cases, unknown: [] }
    throw usageError(
      'is no document of cases',
      'standard input',
      "give what 'stella why --json' or 'stella cases list --json' wrote",
    )
  }
  const written = existsSync(join(path, 'world.json')) ? null : await casesInFile(path)
  if (written !== null) return { cases: written.cases, unknown: [] }
  const engine = await context.engine()
  const world = redactWorld(await engine.readFiles([path], {}))
  const cases = engine.investigate(world, null, { all: true })
  return { cases: cases.map(redactCase), unknown: world.unknown }
}

function print({ io }: CliContext, flags: ImportFlags, answer: Imported): void {
  const { imported, known } = answer
  const unknown = answer.unknown.map((text) => redactText(text))
  if (flags.json === true) {
    const document = {
      /** What `stella cases import --json` prints. */
      schema: 'stella.import/1',
      imported,
      known,
      unknown,
    }
    io.out(`${JSON.stringify(document, null, 2)}\n`)
    return
  }
  if (flags.quiet === true) {
    for (const id of imported) io.out(`${printable(id)}\n`)
    return
  }
  const before =
    known.length === 0
      ? ''
      : `, ${known.length} ${known.length === 1 ? 'was' : 'were'} recorded before`
  io.out(`Imported ${imported.length} ${imported.length === 1 ? 'case' : 'cases'}${before}.\n`)
  if (unknown.length > 0)
    io.out(`\nNot known\n${unknown.map((text) => `  - ${printable(text)}\n`).join('')}`)
}
