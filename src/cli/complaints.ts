import {
  type ApplicationText,
  ArgumentParseError,
  EnumValidationError,
  FlagNotFoundError,
  text_en,
  UnsatisfiedFlagError,
  UnsatisfiedPositionalError,
} from '@stricli/core'
import { EXIT, StellaError, unreachableError, usageError } from '../model/errors.ts'
import { errorMessage } from '../model/error-message.ts'
import { didYouMean, meantWord, nearestWord } from '../parsers/nearest-word.ts'
import { sentence } from '../report/sentence.ts'
import type { KnownWords } from './words-at.ts'

/** What does here what another program has a command for. */
const OURS_FOR: Readonly<Record<string, string>> = {
  help: "add '--help' to a command, as in 'stella why --help'",
  version: "'stella --version' prints it",
  registry:
    "credentials are those of docker login; 'stella image inspect registry:NAME' says whether they work",
  obs: "figures of workers: 'stella scanner workers stats'; all others: /metrics of 'stella serve'",
  service:
    "workers start again with 'stella scanner workers restart', the server with its own supervisor",
}

/** Exit code of whatever a command threw. */
export function exitCodeOf(thrown: unknown): number {
  return toldError(thrown).exitCode
}

/**
 * The library's texts, with every complaint in our form: one line that says what, where, and what to do.
 *
 * What may have been meant is found by us: the library compares options by the names that they have in the program, and
 * offers any word that is short enough.
 */
export function textFor(
  env: Readonly<Record<string, string | undefined>>,
  known: KnownWords,
): ApplicationText {
  const debug = env['STELLA_DEBUG'] === '1'
  const complain = (thrown: unknown): string => complaint(thrown, debug)
  return {
    ...text_en,
    briefs: { ...text_en.briefs, argumentEscapeSequence: 'What follows is no option' },
    exceptionWhileParsingArguments: (thrown) => complaint(argumentError(thrown, known), debug),
    exceptionWhileLoadingCommandFunction: complain,
    exceptionWhileLoadingCommandContext: complain,
    exceptionWhileRunningCommand: complain,
    commandErrorResult: complain,
    noCommandRegisteredForInput: ({ input }) =>
      complaint(usageError(`there is no command '${input}'`, null, insteadOf(input, known)), debug),
  }
}

function insteadOf(input: string, known: KnownWords): string {
  const other = OURS_FOR[input] ?? meantForWhy(input)
  return other ?? meantWord(input, known.commands(), "run 'stella --help' for the list")
}

/** Forms that only a target has; a bare name may as well be a mistyped command. */
const TARGET = /^(?:(?:docker|podman|k8s|marathon|cgroup|pid):.|host$)/
const FILE = /^\.{0,2}\/|\.(?:log|json|txt|gz|zst)$/

/** Whoever writes what to look at in the place of a command wants to know why; null: it does not look so. */
function meantForWhy(input: string): string | null {
  if (TARGET.test(input)) return didYouMean([`stella why ${input}`])
  return FILE.test(input) ? didYouMean([`stella why --from ${input}`]) : null
}

/** The one line for whatever was thrown, with its stack where that was asked for. */
export function complaint(thrown: unknown, debug: boolean): string {
  const line = sentence(inOneLine(toldError(thrown).line))
  return debug ? `${line}\n${stackOf(thrown)}` : line
}

function inOneLine(text: string): string {
  const lines = text.split('\n').map((line) => line.trim())
  return lines.filter((line) => line !== '').join(' ')
}

function toldError(thrown: unknown): StellaError {
  if (thrown instanceof StellaError) return thrown
  const isFolderGone = thrown instanceof Error && 'syscall' in thrown && thrown.syscall === 'uv_cwd'
  return isFolderGone ? folderIsGone(thrown) : faultOfOurs(thrown)
}

/** Whoever is in it finds out when a path is taken from there: getcwd(3). */
function folderIsGone(cause: Error): StellaError {
  return unreachableError(
    'the folder in which it was called was removed',
    null,
    'go to one that is there, and call it again',
    { cause },
  )
}

function faultOfOurs(thrown: unknown): StellaError {
  return new StellaError(
    {
      exitCode: EXIT.internal,
      what: `fault in stella itself: ${errorMessage(thrown)}`,
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

function argumentError(thrown: unknown, known: KnownWords): StellaError {
  if (thrown instanceof ArgumentParseError && thrown.exception instanceof StellaError) {
    const { exitCode, message, todo } = thrown.exception
    const where = `--${thrown.externalFlagNameOrPlaceholder}`
    const isPositional = where !== where.toLowerCase()
    return new StellaError({ exitCode, what: message, where: isPositional ? null : where, todo })
  }
  if (thrown instanceof FlagNotFoundError) {
    return usageError('unknown option', `--${thrown.input}`, optionInsteadOf(thrown.input, known))
  }
  if (thrown instanceof UnsatisfiedFlagError) {
    const { externalFlagName: name } = thrown
    return usageError('has to be given, with a value', `--${name}`, SEE_HELP)
  }
  if (thrown instanceof UnsatisfiedPositionalError) {
    return usageError('is missing', thrown.placeholder, SEE_HELP)
  }
  if (thrown instanceof EnumValidationError) {
    const { input, values, externalFlagName: name } = thrown
    const what = `'${input}' is not one of ${values.join(', ')}`
    return usageError(what, `--${name}`, meantWord(input, values, SEE_HELP))
  }
  return usageError(errorMessage(thrown), null, SEE_HELP)
}

/** Where several begin as what was written, all of them: `--probe`. */
function optionInsteadOf(input: string, known: KnownWords): string {
  const options = known.options()
  const longer = options.filter((name) => name.startsWith(input) && input.length > 2)
  const near = nearestWord(input, options)
  const meant = longer.length > 0 ? longer : near === null ? [] : [near]
  return meant.length === 0 ? SEE_HELP : didYouMean(meant.map((name) => `--${name}`))
}

const SEE_HELP = "add '--help' to see what the command takes"
