import { resumeRun } from '../../../app/runbooks/runs.ts'
import { openRunbook } from '../../../app/runbooks/shelf.ts'
import type { CliContext } from '../../context.ts'
import { givenParams } from './run.ts'
import { approvalOf, folderOf } from './run-flags.ts'
import type { ApprovalFlags } from './run-flags.ts'
import { tellEnd, withRunDesk } from './with-run-desk.ts'

export interface ResumeFlags extends ApprovalFlags {
  param?: readonly string[]
  rebase?: boolean
  undo?: boolean
}

/** `stella runbook resume`. */
export async function resumeRunbook(
  this: CliContext,
  flags: ResumeFlags,
  id: string,
): Promise<void> {
  const folder = folderOf(this, flags)
  const order = {
    id,
    open: (path: string) => openRunbook(path).read.runbook,
    given: givenParams(flags.param ?? []),
    approval: approvalOf(flags),
    rebase: flags.rebase === true,
    undo: flags.undo === true,
  }
  await withRunDesk(this, flags, folder, (desk) => resumeRun(folder, order, desk))
  tellEnd(this, flags, folder, id)
}
