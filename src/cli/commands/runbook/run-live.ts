import type { OpenedRunbook } from '../../../app/runbooks/shelf.ts'
import { startRun } from '../../../app/runbooks/begin-run.ts'
import type { CliContext } from '../../context.ts'
import { approvalOf, folderOf, reasonOf } from './run-flags.ts'
import type { ApprovalFlags } from './run-flags.ts'
import { tellEnd, withRunDesk } from './with-run-desk.ts'

export interface LiveFlags extends ApprovalFlags {
  onlyChecks?: boolean
  deep?: boolean
  undoOnFailure?: boolean
}

/** `stella runbook run`, where it is meant. */
export async function runLive(
  context: CliContext,
  flags: LiveFlags,
  { path, read }: OpenedRunbook,
  given: ReadonlyMap<string, string>,
): Promise<void> {
  const folder = folderOf(context, flags)
  const order = {
    runbook: read.runbook,
    path,
    given,
    approval: approvalOf(flags),
    ...reasonOf(flags),
    origin: { kind: 'person' } as const,
    onlyChecks: flags.onlyChecks === true,
    deep: flags.deep === true,
    undoOnFailure: flags.undoOnFailure === true,
    withinMs: null,
  }
  const id = await withRunDesk(context, flags, folder, (desk) => startRun(folder, order, desk))
  tellEnd(context, flags, folder, id)
}
