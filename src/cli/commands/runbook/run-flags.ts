import { resolve } from 'node:path'
import { dataFolder } from '../../../store/data-folder.ts'
import type { Approval } from '../../../app/runbooks/going-run.ts'
import { usageError } from '../../../model/errors.ts'
import type { CommonFlags } from '../../common-flags.ts'
import type { CliContext } from '../../context.ts'

export interface DataFlags extends CommonFlags {
  data?: string
}

/** What is said yes to beforehand. */
export interface ApprovalFlags extends DataFlags {
  approve?: string
  step?: readonly string[]
  yes?: boolean
  reason?: string
}

export function folderOf({ io }: CliContext, { data }: DataFlags): string {
  return resolve(dataFolder(data, io.env, process.getuid?.() === 0))
}

/** @throws StellaError (usage) */
export function approvalOf({ approve, step = [], yes }: ApprovalFlags): Approval {
  if (step.length > 0 && approve === undefined) {
    throw usageError('it chooses among what is approved', '--step', 'add --approve HASH')
  }
  return { hash: approve ?? null, steps: step, lowRisk: yes === true }
}

/** Why it is done, where somebody has said so. */
export function reasonOf({ reason }: ApprovalFlags): { reason?: string } {
  return reason === undefined ? {} : { reason }
}
