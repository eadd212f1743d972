import { redactCase, redactWorld } from '../../../evidence/redact.ts'
import { writeFolder } from '../../../investigate/bundle.ts'
import { caseDocument, casesDocument } from '../../../investigate/case-document.ts'
import { areSameCases, ownEvidence } from '../../../investigate/own-evidence.ts'
import type { Case } from '../../../model/case.ts'
import { EXIT } from '../../../model/errors.ts'
import type { Target } from '../../../model/subject.ts'
import { dataFolder } from '../../../store/data-folder.ts'
import { writeWorld } from '../../../parsers/bundle/world-json.ts'
import type { CommonFlags } from '../../common-flags.ts'
import type { CliContext } from '../../context.ts'
import { type EvidenceFlags, STDIN } from '../../evidence-flags.ts'
import { gather } from '../../gather.ts'
import { markdownReport } from '../../../report/markdown.ts'
import { isCaseId, recordedCase } from '../../recorded-case.ts'
import { printable } from '../../../report/printable.ts'

interface ExportFlags extends CommonFlags, EvidenceFlags {
  output: string
  data?: string
}

/** `stella cases export`. The cases are judged from the redacted evidence, so that a reader comes to the same. */
export async function exportCase(
  this: CliContext,
  flags: ExportFlags,
  target?: Target | typeof STDIN,
): Promise<void> {
  const recorded = await fromJournal(this, flags, target)
  if (recorded !== null) return exportRecorded(this, flags, recorded)
  const gathered = await gather(this, target, {
    command: 'cases export',
    flags,
    from: flags.from ?? [],
  })
  const world = redactWorld(gathered.world)
  const { investigate } = await this.engine()
  const cases = investigate(world, gathered.target, { all: false }).map(redactCase)
  // A reader names no target, so that the evidence has to lead to these cases by itself.
  const own = gathered.target === null ? world : ownEvidence(world, cases)
  const speaksForItself = areSameCases(investigate(own, null, { all: false }), cases)
  const files = {
    ...shownFiles(cases, world.unknown),
    'world.json': writeWorld(speaksForItself ? own : world),
  }
  await writeFolder(flags.output, files)
  const folder = printable(flags.output)
  const next = `Judge it anywhere with: stella why ${speaksForItself ? '' : 'TARGET '}--from ${folder}`
  this.io.out(answer(flags, files, cases, next))
  this.finish(cases.length === 0 ? EXIT.inconclusive : EXIT.ok)
}

/** A target may look like the id of a case; what is recorded comes first. */
async function fromJournal(
  { io }: CliContext,
  { data, from }: ExportFlags,
  target: Target | typeof STDIN | undefined,
): Promise<Case | null> {
  if (target === undefined || target === STDIN || target.kind !== 'name') return null
  if (from !== undefined || !isCaseId(target.name)) return null
  return recordedCase(dataFolder(data, io.env, process.getuid?.() === 0), target.name)
}

/** The journal keeps what was judged, and what of the evidence it rests on; not all that was read. */
async function exportRecorded({ io }: CliContext, flags: ExportFlags, found: Case): Promise<void> {
  const files = shownFiles([redactCase(found)], found.unknown)
  await writeFolder(flags.output, files)
  const next = `Read it anywhere with: stella cases show ${printable(flags.output)}`
  io.out(answer(flags, files, [found], next))
}

function shownFiles(cases: readonly Case[], unknown: readonly string[]) {
  return {
    'case.json': `${JSON.stringify(documentOf(cases, unknown), null, 2)}\n`,
    'report.md': markdownReport(cases, unknown),
  }
}

function documentOf(cases: readonly Case[], unknown: readonly string[]) {
  const [only] = cases
  return cases.length === 1 && only !== undefined
    ? caseDocument(only)
    : casesDocument(cases, unknown)
}

function answer(flags: ExportFlags, files: object, cases: readonly Case[], next: string): string {
  if (flags.json) {
    const verdicts = cases.map((found) => ({ id: found.id, verdict: found.verdict.code }))
    const written = Object.keys(files)
    const document = {
      /** What `stella cases export --json` prints: the files that it has written. */
      schema: 'stella.export/1',
      folder: flags.output,
      files: written,
      verdicts,
    }
    return `${JSON.stringify(document, null, 2)}\n`
  }
  const folder = printable(flags.output)
  if (flags.quiet) return `${folder}\n`
  return [
    `Wrote ${Object.keys(files).join(', ')} to ${folder}; known secrets are taken out, look before you share.`,
    next,
    '',
  ].join('\n')
}
