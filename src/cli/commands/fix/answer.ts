/** What `stella fix` answers, as text or JSON. */
import type { FixChoice } from '../../../advice/choose-fix.ts'
import type { Case } from '../../../model/case.ts'
import type { Change, ChangePlan, FixRecord } from '../../../model/fix.ts'
import type { ManifestForm } from '../../../remedy/driver.ts'
import type { CliContext } from '../../context.ts'
import { fixReport } from '../../render/fix.ts'
import { paintFor } from '../../render/paint.ts'
import { reportWidth } from '../../render/width.ts'
import { shownPlan, shownRecord, type ShownPlan } from './hidden.ts'
import { recordDocument } from './document.ts'
import type { FixFlags } from './flags.ts'

/** A choice, worked out for the world as it is. */
export interface Proposal {
  plan: ChangePlan
  change: Change
  /** Takes out what may not be shown. */
  hide: (text: string) => string
}

export interface FixAnswer {
  found: Case
  choice: FixChoice
  proposal: Proposal | null
  /** Null: nothing was applied. */
  record: FixRecord | null
}

/** A file for a repository: nothing else is printed, so that it can be written where it belongs. */
export function printManifest(
  { io }: CliContext,
  { json }: FixFlags,
  manifest: { form: ManifestForm; text: string },
): void {
  const document = {
    /** With `--for helm` and the like: a file for a repository. */
    schema: 'stella.fix/1' as const,
    action: 'manifest' as const,
    ...manifest,
  }
  io.out(json === true ? `${JSON.stringify(document, null, 2)}\n` : manifest.text)
}

export function printFix({ io }: CliContext, flags: FixFlags, answer: FixAnswer): void {
  const { found, choice, proposal, record } = answer
  const plan = proposal === null ? null : shownPlan(proposal.plan, proposal.change, proposal.hide)
  if (flags.json === true) {
    io.out(`${JSON.stringify(documentOf(answer, plan), null, 2)}\n`)
    return
  }
  const options = {
    width: reportWidth(io),
    paint: paintFor(io, flags.noColor ?? false),
    quiet: flags.quiet ?? false,
  }
  const shown = record === null ? null : shownRecord(record)
  io.out(fixReport({ found, choice, plan, record: shown }, options))
}

function documentOf({ found, choice, record }: FixAnswer, plan: ShownPlan | null) {
  const { id, subject, verdict, remedies } = found
  return {
    /** What `stella fix --json` prints. Values of variables are shown only where stella sets them. */
    schema: 'stella.fix/1' as const,
    /** `none`: there is nothing that stella would change. */
    action:
      record === null
        ? plan === null
          ? ('none' as const)
          : ('plan' as const)
        : ('apply' as const),
    /** What it answers. */
    case: { id, subject, verdict: verdict.code, summary: verdict.summary },
    /** The remedy of the case that the change is; null where `--limit` said it. */
    remedyId: choice.kind === 'change' ? (choice.remedy?.id ?? null) : null,
    /** Sentences: why this change, or none. */
    because: choice.because,
    /** What to mind. */
    warnings: choice.kind === 'change' ? choice.warnings : [],
    /** Null where there is none. */
    plan,
    /** What was kept of it; null where nothing was applied. */
    record: record === null ? null : recordDocument(record),
    /** All of the case. */
    remedies,
  }
}
