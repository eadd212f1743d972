/** One call that a desk answers: what stands in the way of what was asked has its own status. */
import type * as z from 'zod/mini'
import { EXIT, StellaError } from '../model/errors.ts'
import type { Refusal } from '../model/errors.ts'
import { overHttp } from '../runbooks/run/who.ts'
import type { Who } from '../runbooks/run/who.ts'
import type { Caller } from './guard.ts'
import { NO_SUCH_THING, readInput } from './route.ts'
import type { Answer, Given, Route } from './route.ts'
import type { Services } from './services.ts'

interface Call<Desk, Input extends z.ZodMiniType, Output extends z.ZodMiniType> {
  method: Route['method']
  path: string
  summary: string
  input: Input
  output: Output
  /** 200 where it is not said. */
  status?: 200 | 201
  /** Null: there is no such thing. */
  ask(
    desk: Desk,
    input: z.output<Input>,
    about: { path: Given['path']; whoFor: (name: string) => Who },
  ): Promise<z.output<Output> | null>
}

/** Ties what a desk takes and gives to the schemas. */
export function callsOf<Desk>(deskOf: (services: Services) => Desk) {
  return function call<Input extends z.ZodMiniType, Output extends z.ZodMiniType<object>>({
    ask,
    status = 200,
    ...rest
  }: Call<Desk, Input, Output>): Route {
    return {
      ...rest,
      async answer(services, { input, path, caller }) {
        const read = readInput(rest.input, input)
        if (!read.ok) return read.answer
        if (caller.isRun && rest.method === 'post') return NO_SAY
        try {
          const whoFor = (name: string): Who => whoCalls(caller, name)
          const found = await ask(deskOf(services), read.data, { path, whoFor })
          return found === null ? NO_SUCH_THING : { status, body: found }
        } catch (error) {
          return problemOf(error)
        }
      },
    }
  }
}

/** Otherwise a change that was approved could approve others. */
const NO_SAY: Answer = {
  status: 403,
  problem: {
    error: 'what a run has started may look, and has no say',
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

/** @throws the error, where the trouble is elsewhere */
export function problemOf(error: unknown): Answer {
  if (!(error instanceof StellaError)) throw error
  const { message, todo, where, refusal, exitCode } = error
  const problem = { error: message, todo, ...(where === null ? {} : { where }) }
  if (refusal === 'busy') return { status: 503, problem, retryAfterSeconds: RETRY_SECONDS }
  if (refusal !== null) return { status: STATUS[refusal], problem }
  if (exitCode === EXIT.usage) return { status: 422, problem }
  throw error
}
