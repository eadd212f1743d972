/** One call about runbooks: what stands in the way of what was asked has its own status. */
import type * as z from 'zod/mini'
import { EXIT, StellaError } from '../model/errors.ts'
import type { Refusal } from '../model/errors.ts'
import { overHttp } from '../runbooks/run/who.ts'
import type { Who } from '../runbooks/run/who.ts'
import type { Caller } from './guard.ts'
import { NO_SUCH_THING, readInput } from './route.ts'
import type { Answer, Given, Route } from './route.ts'
import type { RunbookDesk } from './runbook-desk.ts'

interface Call<Input extends z.ZodMiniType, Output extends z.ZodMiniType> {
  method: Route['method']
  path: string
  summary: string
  input: Input
  output: Output
  /** 200 where it is not said. */
  status?: 200 | 201
  /** Null: there is no such thing. */
  ask(
    desk: RunbookDesk,
    input: z.output<Input>,
    about: { path: Given['path']; whoFor: (name: string) => Who },
  ): Promise<z.output<Output> | null>
}

/** Ties what the desk takes and gives to the schemas. */
export function call<Input extends z.ZodMiniType, Output extends z.ZodMiniType<object>>({
  ask,
  status = 200,
  ...rest
}: Call<Input, Output>): Route {
  return {
    ...rest,
    async answer({ runbooks }, { input, path, caller }) {
      const read = readInput(rest.input, input)
      if (!read.ok) return read.answer
      if (caller.isRun && rest.method === 'post') return NO_SAY
      try {
        const whoFor = (name: string): Who => whoCalls(caller, name)
        const found = await ask(runbooks, read.data, { path, whoFor })
        return found === null ? NO_SUCH_THING : { status, body: found }
      } catch (error) {
        const problem = problemOf(error)
        if (problem === null) throw error
        return problem
      }
    },
  }
}

/** Otherwise a change that was approved could approve others. */
const NO_SAY: Answer = {
  status: 403,
  problem: {
    error: 'what a run has started has no say in runs',
    todo: 'call it with a token of your own',
  },
}

/** @param name as the call says it: it counts where no token says another */
function whoCalls(caller: Caller, name: string): Who {
  const { groups, isOtherUser } = caller
  return { by: caller.name ?? overHttp(name), groups, isOtherUser }
}

const STATUS = { missing: 404, conflict: 409, forbidden: 403 } as const satisfies Record<
  Exclude<Refusal, 'busy'>,
  number
>
const RETRY_SECONDS = 5

/** Null: the trouble is elsewhere. */
function problemOf(error: unknown): Answer | null {
  if (!(error instanceof StellaError)) return null
  const { message, todo, where, refusal, exitCode } = error
  const problem = { error: message, todo, ...(where === null ? {} : { where }) }
  if (refusal === 'busy') return { status: 503, problem, retryAfterSeconds: RETRY_SECONDS }
  if (refusal !== null) return { status: STATUS[refusal], problem }
  return exitCode === EXIT.usage ? { status: 422, problem } : null
}
