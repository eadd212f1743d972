/** Exit codes of every command; fixed by the outside contract. */
export const EXIT = {
  ok: 0,
  /** Done, and the answer is bad: findings, a failed check. */
  bad: 1,
  /** The call or its input is wrong. */
  usage: 2,
  /** The target does not exist, or its source cannot be reached or read. */
  unreachable: 3,
  /** There was something to judge, and the evidence does not decide. */
  inconclusive: 4,
  /** A fault of ours. */
  internal: 70,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/**
 * What kind of refusal it is, where callers go on differently: what was named is not there, somebody else works on it or it is
 * another one by now, the caller may not, there is too much to do at the moment.
 */
export type Refusal = 'missing' | 'conflict' | 'forbidden' | 'busy'

/** What went wrong, where, and what to do next: one line for people, and an exit code for scripts. */
export class StellaError extends Error {
  override readonly name = 'StellaError'
  readonly exitCode: ExitCode
  /** file:line, byte offset, API path or option; null where the whole call is meant. */
  readonly where: string | null
  /** The next step, as a sentence without a full stop. */
  readonly todo: string
  /** Null: none of them. */
  readonly refusal: Refusal | null

  constructor(
    problem: {
      exitCode: ExitCode
      what: string
      where?: string | null
      todo: string
      refusal?: Refusal
    },
    options?: ErrorOptions,
  ) {
    super(problem.what, options)
    this.exitCode = problem.exitCode
    this.where = problem.where ?? null
    this.todo = problem.todo
    this.refusal = problem.refusal ?? null
  }

  /** The one line that stands on stderr. */
  get line(): string {
    return `stella: ${this.where === null ? '' : `${this.where}: `}${this.message}; ${this.todo}`
  }
}

export function usageError(what: string, where: string | null, todo: string): StellaError {
  return new StellaError({ exitCode: EXIT.usage, what, where, todo })
}

export function unreachableError(
  what: string,
  where: string | null,
  todo: string,
  options?: ErrorOptions,
): StellaError {
  return new StellaError({ exitCode: EXIT.unreachable, what, where, todo }, options)
}

/** Nothing is wrong with the call; something is in its way. */
export function refusedError(
  refusal: Refusal,
  what: string,
  where: string | null,
  todo: string,
): StellaError {
  const exitCode = refusal === 'missing' || refusal === 'busy' ? EXIT.unreachable : EXIT.usage
  return new StellaError({ exitCode, refusal, what, where, todo })
}
