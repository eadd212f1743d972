/** One call of the scanner: the desk is asked, and its words are the answer. */
import type * as z from 'zod/mini'
import { EXIT, StellaError } from '../model/errors.ts'
import type { ScannerDesk } from '../scanning/desk.ts'
import { databaseTrouble } from '../store/database/open.ts'
import type { Services } from './services.ts'
import { writeAnswer } from './answer.ts'
import type { AnswerKind } from './answer.ts'
import { NO_SUCH_THING, readInput } from './route.ts'
import type { Answer, Given, Route } from './route.ts'

interface Call<Input extends z.ZodMiniType, Content extends z.ZodMiniObject> {
  method: Route['method']
  path: string
  summary: string
  input: Input
  output: AnswerKind<Content>
  /** Null: there is no such thing. */
  ask(
    desk: ScannerDesk,
    input: z.output<Input>,
    path: Given['path'],
  ): Promise<z.output<Content> | null>
}

/** Ties what the desk takes and gives to the schemas. */
export function call<Input extends z.ZodMiniType, Content extends z.ZodMiniObject>({
  ask,
  output,
  ...rest
}: Call<Input, Content>): Route {
  return {
    ...rest,
    output: output.document,
    answer: ({ scanner }, { input, path }) =>
      answered(scanner, async (desk) => {
        const read = readInput(rest.input, input)
        if (!read.ok) return read.answer
        const found = await ask(desk, read.data, path)
        return found === null ? NO_SUCH_THING : { status: 200, body: writeAnswer(output, found) }
      }),
  }
}

const NO_SCANNER: Answer = {
  status: 404,
  problem: { error: 'this server has no scanner', todo: 'ask one that has' },
}

/** What the desk says, or what is wrong with the call. */
export async function answered(
  open: Services['scanner'],
  ask: (desk: ScannerDesk) => Promise<Answer>,
): Promise<Answer> {
  if (open === null) return NO_SCANNER
  try {
    return await ask(await open())
  } catch (error) {
    const problem = problemOf(error)
    if (problem === null) throw databaseTrouble(error, "the scanner's database")
    return problem
  }
}

/** What the desk says of a call; null: the trouble is elsewhere. */
function problemOf(error: unknown): Answer | null {
  if (!(error instanceof StellaError)) return null
  const { message, todo, where, exitCode, cause } = error
  const problem = { error: message, todo, ...(where === null ? {} : { where }) }
  if (exitCode === EXIT.usage) return { status: 400, problem }
  // A database that does not answer has a reason; what was named and is not there has none.
  return exitCode === EXIT.unreachable && cause === undefined ? { status: 404, problem } : null
}
