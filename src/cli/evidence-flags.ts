import type { Target } from '../model/subject.ts'
import { asItIs } from './as-it-is.ts'
import { parseTarget, TARGET_FORMS } from './target.ts'

/** Where a command takes its evidence from, next to TARGET. */
export interface EvidenceFlags {
  from?: readonly string[]
}

/** Standard input, as a path or in the place of a target. */
export const STDIN = '-'

export const EVIDENCE_FLAGS = {
  from: {
    kind: 'parsed',
    parse: asItIs,
    brief: 'File or folder with evidence; may be repeated; - is standard input',
    placeholder: 'PATH',
    variadic: true,
    optional: true,
  },
} as const

export const TARGET_PARAMETER = {
  parse: (text: string): Target | typeof STDIN => (text === STDIN ? STDIN : parseTarget(text)),
  brief: TARGET_FORMS,
  placeholder: 'TARGET',
  optional: true,
} as const
