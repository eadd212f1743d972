import * as z from 'zod/mini'
import type { FixStep } from '../../../model/fix.ts'

const ModeStep = z.object({
  kind: z.literal('mode'),
  path: z.string(),
  before: z.number(),
  after: z.number(),
})

const LineStep = z.object({
  kind: z.literal('line'),
  dataFolder: z.string(),
  file: z.string(),
  offset: z.number(),
  base64: z.string(),
})

const Step = z.discriminatedUnion('kind', [ModeStep, LineStep])

export type ModeData = z.infer<typeof ModeStep>
export type LineData = z.infer<typeof LineStep>

/** What the plan wrote down, as it comes back from the journal. */
export function readStep(step: FixStep): ModeData | LineData {
  return Step.parse(step.data)
}
