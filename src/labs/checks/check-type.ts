/** A kind of check, which labs use with their own figures. */
import * as z from 'zod/mini'
import { readSize } from '../../parsers/quantity/own.ts'
import type { Check, Judgement } from '../lab.ts'
import type { LabView, Seen } from '../view.ts'
import { NOT_THERE } from '../view.ts'

export interface CheckType {
  id: string
  /** See {@link Check.watches}. */
  watches: boolean
  /** @throws ZodError where its figures are wrong */
  read(parameters: unknown): Pick<Check, 'judge' | 'answers'>
}

export function checkType<Parameters>(
  id: string,
  schema: z.ZodMiniType<Parameters>,
  judge: (view: LabView, parameters: Parameters) => Judgement,
  {
    watches = false,
    answers = () => ({}),
  }: {
    watches?: boolean
    answers?: (view: LabView, parameters: Parameters) => Readonly<Record<string, string>>
  } = {},
): CheckType {
  return {
    id,
    watches,
    read(given) {
      const parameters = schema.parse(given)
      return {
        judge: (view) => judge(view, parameters),
        answers: (view) => answers(view, parameters),
      }
    },
  }
}

/** `256Mi`, in bytes. */
export const Size = z.pipe(
  z.union([z.string(), z.number()]),
  z.transform((text, context) => {
    const read = readSize(String(text))
    if (read.ok) return read.bytes
    context.issues.push({ code: 'custom', message: read.problem, input: text })
    return z.NEVER
  }),
)

export function holds(actual: string, expected: string): Judgement {
  return { ok: true, actual, expected, how: '' }
}

export function fails(how: string, actual: string, expected: string): Judgement {
  return { ok: false, actual, expected, how }
}

export function seenNow({ after }: LabView, workload: string): Seen {
  return after.workloads.get(workload) ?? NOT_THERE
}

export function seenBefore({ before }: LabView, workload: string): Seen {
  return before.workloads.get(workload) ?? NOT_THERE
}

/** `it ended with 137` */
export function statusWords({ status, exitCode }: Seen): string {
  if (status === 'missing') return 'it is not there'
  return status === 'running' ? 'it runs' : `it ended with ${exitCode ?? 'an unknown exit code'}`
}
