import {
  type ApplicationText,
  ArgumentParseError,
  EnumValidationError,
  FlagNotFoundError,
  text_en,
  UnsatisfiedFlagError,
  UnsatisfiedPositionalError,
} from '@stricli/core'
import { EXIT, StellaError, usageError } from '../model/errors.ts'
import { printable } from '../report/printable.ts'

/** What does here what a command of runbooks is for that stella does not have. */
const OURS_FOR: Readonly<Record<string, string>> = {
  registry:
    "credentials are those of docker login; 'stella image inspect registry:NAME' says whether they work",
  obs: "figures of workers: 'stella scanner workers stats'; all others: /metrics of 'stella serve'",
  service:
    "workers start again with 'stella scanner workers restart', the server with its own supervisor",
}

/** Exit code of whatever a command threw. */
export function exitCodeOf(thrown: unknown): number {
  return thrown instanceof StellaError ? thrown.exitCode : EXIT.internal
}

/** The library's texts, with every complaint in our form: one line that says what, where, and what to do. */
export function textFor(env: Readonly<Record<string, string | undefined>>): ApplicationText {
  const debug = env['STELLA_DEBUG'] === '1'
  const complain = (thrown: unknown): string => complaint(thrown, debug)
  return {
    ...text_en,
    briefs: { ...text_en.briefs, argumentEscapeSequence: 'What follows is no option' },
    exceptionWhileParsingArguments: (thrown) => complaint(argumentError(thrown), debug),
    exceptionWhileLoadingCommandFunction: complain,
    exceptionWhileLoadingCommandContext: complain,
    exceptionWhileRunningCommand: complain,
    commandErrorResult: complain,
    noCommandRegisteredForInput: ({ input, corrections }) =>
      complaint(
        usageError(
          `there is no command '${input}'${didYouMean(corrections.map((name) => name.replaceAll('`', "'")))}`,
          null,
          OURS_FOR[input] ?? "run 'stella --help' for the list",
        ),
        debug,
      ),
  }
}

/** The one line for whatever was thrown, with its stack where that was asked for. */
export function complaint(thrown: unknown, debug: boolean): string {
  const error = thrown instanceof StellaError ? thrown : faultOfOurs(thrown)
  const line = printable(error.line.replace(/\s*\n\s*/g, ' '))
  return debug ? `${line}\n${stackOf(thrown)}` : line
}

function faultOfOurs(thrown: unknown): StellaError {
  return new StellaError(
    {
      exitCode: EXIT.internal,
      what: `fault in stella itself: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
      todo: 'run it again with STELLA_DEBUG=1 and report what it prints',
    },
    { cause: thrown },
  )
}

function stackOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown)
  const cause = thrown.cause === undefined ? '' : `\ncaused by ${stackOf(thrown.cause)}`
  return `${thrown.stack ?? thrown.message}${cause}`
}

function argumentError(thrown: unknown): StellaError {
  if (thrown instanceof ArgumentParseError && thrown.exception instanceof StellaError) {
    const { exitCode, message, todo } = thrown.exception
    const where = `--${thrown.externalFlagNameOrPlaceholder}`
    const isPositional = where !== where.toLowerCase()
    return new StellaError({ exitCode, what: message, where: isPositional ? null : where, todo })
  }
  if (thrown instanceof FlagNotFoundError) {
    const meant = thrown.corrections.map((name) => `--${name}`)
    return usageError(`unknown option${didYouMean(meant)}`, `--${thrown.input}`, SEE_HELP)
  }
  if (thrown instanceof UnsatisfiedFlagError) {
    return usageError('needs a value', `--${thrown.externalFlagName}`, SEE_HELP)
  }
  if (thrown instanceof UnsatisfiedPositionalError) {
    return usageError('is missing', thrown.placeholder, SEE_HELP)
  }
  if (thrown instanceof EnumValidationError) {
    const known = thrown.values.join(', ')
    return usageError(`'${thrown.input}' is not one of ${known}`, thrown.externalFlagName, SEE_HELP)
  }
  return usageError(thrown instanceof Error ? thrown.message : String(thrown), null, SEE_HELP)
}

const SEE_HELP = "add '--help' to see what the command takes"

function didYouMean(corrections: readonly string[]): string {
  return corrections.length === 0 ? '' : ` (did you mean ${corrections.join(' or ')}?)`
}
