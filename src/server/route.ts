/** A call of the API: what it takes and gives, and who answers it. */
import * as z from 'zod/mini'
import type { Problem } from './contract.ts'
import type { Caller } from './guard.ts'
import type { Services } from './services.ts'

export interface Route {
  method: 'get' | 'post'
  /** As hono writes it: `/api/cases/:id`. */
  path: string
  summary: string
  /** Of the query, or of the body of a POST. */
  input: z.ZodMiniType
  output: z.ZodMiniType
  /** Of the answer; JSON where it is not said. */
  mediaType?: string
  answer(services: Services, given: Given): Promise<Answer>
}

/** What a call brings, not checked yet. */
export interface Given {
  input: unknown
  path: Readonly<Record<string, string>>
  caller: Caller
}

export type Answer =
  | { status: 200 | 201; body: object }
  | { status: 200; stream: AsyncIterable<Uint8Array> }
  /** A file that is saved under this name, and not shown. */
  | { status: 200; text: string; mediaType: string; name: string }
  | { status: 400 | 403 | 404 | 409 | 422; problem: z.infer<typeof Problem> }
  /** Too much is going on; it may be tried again then. */
  | { status: 503; problem: z.infer<typeof Problem>; retryAfterSeconds: number }

interface Description<Input extends z.ZodMiniType> extends Omit<Route, 'input' | 'answer'> {
  input: Input
  /** Null: there is no such thing. */
  handle(services: Services, input: z.output<Input>, path: Given['path']): Promise<object | null>
}

/** Ties the type of what is handled to the schema that checks it. */
export function route<Input extends z.ZodMiniType>(description: Description<Input>): Route {
  const { handle, ...rest } = description
  return {
    ...rest,
    async answer(services, { input, path }) {
      const read = readInput(rest.input, input)
      if (!read.ok) return read.answer
      const body = await handle(services, read.data, path)
      return body === null ? NO_SUCH_THING : { status: 200, body }
    },
  }
}

export const NO_SUCH_THING: Answer = {
  status: 404,
  problem: {
    error: 'there is no such thing',
    todo: 'it may be too old, or gone',
    code: 'no-such-thing',
  },
}

/** What a call brought, checked; or the answer to what is wrong with it. */
export function readInput<Input extends z.ZodMiniType>(
  schema: Input,
  input: unknown,
): { ok: true; data: z.output<Input> } | { ok: false; answer: Answer } {
  const read = z.safeParse(schema, input)
  if (read.success) return { ok: true, data: read.data }
  const problem = { error: problemIn(read.error), todo: 'see /api/openapi.json' }
  return { ok: false, answer: { status: 400, problem } }
}

function problemIn({ issues }: z.core.$ZodError): string {
  const [issue] = issues
  if (issue === undefined) return 'it is not understood'
  return `${issue.path.join('.') || 'the whole'}: ${issue.code.replaceAll('_', ' ')}`
}

export const Nothing = z.object({})

export function instantOf(time: string | undefined): number | undefined {
  return time === undefined ? undefined : Date.parse(time)
}
