import * as z from 'zod/mini'
import type { Answer } from '../../src/model/question.ts'

/** What runtimes answered, as recordings keep it. */
export const RECORDED_ANSWERS = z.array(
  z.object({
    pid: z.number(),
    id: z.string(),
    text: z.optional(z.string()),
    truncated: z.optional(z.boolean()),
    why: z.optional(z.string()),
  }),
)

export function answersIn(recorded: z.infer<typeof RECORDED_ANSWERS>): Answer[] {
  return recorded.map(({ pid, id, text, why, truncated }) =>
    text === undefined
      ? { pid, id, ok: false, why: why ?? '' }
      : { pid, id, ok: true, text, truncated: truncated ?? false },
  )
}
