import * as z from 'zod/mini'
import type { FixStep } from '../../../model/fix.ts'
import type { FileEdit } from '../../text-edit/file.ts'

const Edit = z.object({
  file: z.string(),
  beforeHash: z.string(),
  afterHash: z.string(),
  splices: z.array(z.object({ at: z.number(), removed: z.string(), inserted: z.string() })),
})

/** What the plan wrote down, as it comes back from the journal. */
export function readEdit(step: FixStep): FileEdit {
  return Edit.parse(step.data)
}
