/** What several commands of `stella lab` take. Help loads this: it imports no source. */
import { asItIs } from '../../as-it-is.ts'
import { COMMON_FLAGS } from '../../common-flags.ts'
import type { CommonFlags } from '../../common-flags.ts'
import { DATA_FLAG } from '../runbook/parameters.ts'

export interface LabFlags extends CommonFlags {
  data?: string
}

export const LAB_FLAGS = { ...DATA_FLAG, ...COMMON_FLAGS } as const

const LAB = {
  parse: asItIs,
  brief: "A lab: 'stella lab list' names them",
  placeholder: 'ID',
} as const

export const LAB_PARAMETER = { kind: 'tuple', parameters: [LAB] } as const

export const OPTIONAL_LAB = { kind: 'tuple', parameters: [{ ...LAB, optional: true }] } as const

export const EXIT_CODES =
  'Exit code: 0 done, 2 wrong call, or it is open already, 3 there is no such lab, it is not open, or it cannot be made here, 70 a fault of stella.'
