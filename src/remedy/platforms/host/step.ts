import * as z from 'zod/mini'
import type { FixStep } from '../../../model/fix.ts'

const SysctlStep = z.object({
  kind: z.literal('sysctl'),
  name: z.string(),
  before: z.string(),
  after: z.string(),
  twin: z.nullable(z.object({ name: z.string(), before: z.string() })),
})

const BootFileStep = z.object({
  kind: z.literal('boot-file'),
  file: z.string(),
  before: z.nullable(z.string()),
  after: z.string(),
})

const GroupStep = z.object({
  kind: z.literal('group-file'),
  /** Inside the hierarchy. */
  path: z.string(),
  file: z.string(),
  before: z.string(),
  after: z.string(),
  /** Whether what is in use is held against it: not for a limit of memory and swap together. */
  limitsMemory: z.boolean(),
})

const Step = z.discriminatedUnion('kind', [SysctlStep, BootFileStep, GroupStep])

export type SysctlData = z.infer<typeof SysctlStep>
export type BootFileData = z.infer<typeof BootFileStep>
export type GroupData = z.infer<typeof GroupStep>

/** What the plan wrote down, as it comes back from the journal. */
export function readStep(step: FixStep): SysctlData | BootFileData | GroupData {
  return Step.parse(step.data)
}
