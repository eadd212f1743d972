import { caseDocument, casesDocument } from '../../../investigate/case-document.ts'
import type { Case } from '../../../model/case.ts'
import { dataFolder } from '../../../store/data-folder.ts'
import { type JournalSurvey, readRecordedCase, surveyCases } from '../../../store/cases.ts'
import type { CliContext } from '../../context.ts'
import { printable } from '../../../report/printable.ts'
import { shortSubject } from '../../../report/words.ts'
import type { ListFlags } from './list-flags.ts'
import { caseTable, lastWarning, notSeen, nothingListed, tooMany } from './list-text.ts'

/** As many as a terminal can be asked to show; a script gets all. */
const SHOWN = 50

/** `stella cases list`. */
export async function listCases(this: CliContext, flags: ListFlags): Promise<void> {
  const { io } = this
  const folder = dataFolder(flags.data, io.env, process.getuid?.() === 0)
  const limit = flags.limit ?? (flags.json === true ? undefined : SHOWN)
  const since = flags.since === undefined ? null : io.now() - flags.since
  const survey = await surveyCases(folder, {
    ...(since === null ? {} : { since }),
    ...(flags.verdict === undefined ? {} : { verdicts: flags.verdict }),
    ...(flags.subject === undefined ? {} : { subject: flags.subject }),
    ...(limit === undefined ? {} : { limit }),
  })
  if (flags.json === true) {
    await printDocument(this, survey)
    return
  }
  const cases = survey.cases.flatMap((recorded) => readRecordedCase(recorded)?.case ?? [])
  if (flags.quiet === true) {
    for (const found of cases) io.out(`${quietLine(found)}\n`)
    return
  }
  const lines = [
    ...(cases.length === 0 ? nothingListed(flags, folder) : caseTable(cases)),
    ...tooMany(survey),
    ...lastWarning(survey, since),
    ...notSeen(survey, since),
  ]
  io.out(`${lines.join('\n')}\n`)
}

function quietLine({ id, verdict, subject }: Case): string {
  return `${printable(id)} ${verdict.code} ${shortSubject(subject)}`
}

/** Case after case, so that a journal of any length is written in the memory of one. */
async function printDocument({ io }: CliContext, survey: JournalSurvey): Promise<void> {
  const unknown = notSeen(survey, null).filter((line) => line !== '')
  const { schema, cases: _, ...rest } = casesDocument([], unknown, survey.more)
  io.out(`{"schema":"${schema}","cases":[`)
  let written = 0
  for (const recorded of survey.cases.toReversed()) {
    const found = readRecordedCase(recorded)?.case
    if (found === undefined) continue
    io.out(`${written === 0 ? '' : ','}\n${JSON.stringify(caseDocument(found))}`)
    written += 1
    await io.drained()
  }
  io.out(`\n],${JSON.stringify(rest).slice(1)}\n`)
}
