import { resumeRun } from '../../../app/runbooks/resume-run.ts'
import { openRunbook } from '../../../app/runbooks/shelf.ts'
import { usageError } from '../../../model/errors.ts'
import type { OutlivedWish } from '../../../runbooks/run/outlived.ts'
import type { CliContext } from '../../context.ts'
import { givenParams } from './run.ts'
import { approvalOf, folderOf, reasonOf } from './run-flags.ts'
import type { ApprovalFlags } from './run-flags.ts'
import { tellEnd, withRunDesk } from './with-run-desk.ts'

export interface ResumeFlags extends ApprovalFlags {
  param?: readonly string[]
  rebase?: boolean
  undo?: boolean
  wait?: boolean
  kill?: boolean
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
    open: ({ path }: { path: string }) => openRunbook(path).read.runbook,
    given: givenParams(flags.param ?? []),
    approval: approvalOf(flags),
    ...reasonOf(flags),
    rebase: flags.rebase === true,
    undo: flags.undo === true,
    outlived: outlivedOf(flags),
  }
  await withRunDesk(this, flags, folder, (desk) => resumeRun(folder, order, desk))
  tellEnd(this, flags, folder, id)
}

/** @throws StellaError (usage) */
function outlivedOf({ wait, kill }: ResumeFlags): OutlivedWish {
  if (wait === true && kill === true) {
    throw usageError('--wait and --kill exclude each other', null, 'choose one')
  }
  if (wait === true) return 'wait'
  return kill === true ? 'kill' : 'leave'
}
