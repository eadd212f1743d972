import { unreachableError } from '../../model/errors.ts'
import type { StellaError } from '../../model/errors.ts'
import { field, numberField, parseRecord, textField } from '../../parsers/json-fields.ts'

/**
 * Why the API server did not do what it was asked for. `gone`: a resource version or a page of a list is too old;
 * `conflict`: somebody else changed the object; `invalid`: it refuses the object; `busy`: it asks us to come later.
 */
export type ApiProblemKind =
  | 'denied'
  | 'unauthenticated'
  | 'missing'
  | 'gone'
  | 'conflict'
  | 'invalid'
  | 'busy'
  | 'failed'
  | 'too-large'
  | 'late'
  | 'unreachable'

const KINDS: Readonly<Record<number, ApiProblemKind>> = {
  400: 'invalid',
  401: 'unauthenticated',
  403: 'denied',
  404: 'missing',
  405: 'missing',
  409: 'conflict',
  410: 'gone',
  415: 'invalid',
  422: 'invalid',
  429: 'busy',
  503: 'busy',
}

/** One call that went wrong. Partial answers are made of the calls that did not. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem'
  readonly kind: ApiProblemKind
  /** What was asked, `GET /api/v1/nodes/n1`. */
  readonly call: string
  /** The token with which a list goes on although its page is too old; null: it begins anew. */
  readonly goOn: string | null

  constructor(
    kind: ApiProblemKind,
    call: string,
    says: string,
    { goOn = null, cause }: { goOn?: string | null; cause?: unknown } = {},
  ) {
    super(says, { cause })
    this.kind = kind
    this.call = call
    this.goOn = goOn
  }

  /** The right that is missing, as the API server words it: `get resource "nodes" in API group ""…`. */
  get missingRight(): string | null {
    const right = /\bcannot (.{1,300})$/s.exec(this.message)?.[1]
    return this.kind === 'denied' ? (right ?? this.call) : null
  }

  /** For a sentence that says what is not known for it. */
  get reason(): string {
    const right = this.missingRight
    return right === null ? this.message : `a right is missing: ${right}`
  }
}

/** What an answer with an error status says: a Status object, or words of a proxy on the way. */
export function problemOf(status: number, call: string, body: string): ApiProblem {
  const answer = parseRecord(body)
  const kind = KINDS[status] ?? 'failed'
  const says =
    textField(answer, 'kind') === 'Status' ? textField(answer, 'message') : body.trim() || null
  const goOn = kind === 'gone' ? textField(field(answer, 'metadata'), 'continue') : null
  return new ApiProblem(kind, call, (says ?? `status ${status}`).slice(0, 1_000), { goOn })
}

/** Seconds that a Status object asks to wait; null where it does not say. */
export function retryAfterOf(body: string): number | null {
  return numberField(parseRecord(body), 'details', 'retryAfterSeconds')
}

const NEXT_STEPS: Readonly<Partial<Record<ApiProblemKind, string>>> = {
  unauthenticated: 'log in again: the API server does not know who asks',
  missing: 'check the name and the namespace',
  conflict: 'look at it again, and plan anew',
  busy: 'try again in a while: the API server has too much to do',
  'too-large': 'ask for less',
  late: 'try again, or look at the API server',
  unreachable: 'check the address, and that the cluster runs',
}

/** Where nothing can be told without that call. */
export function asStellaError(problem: ApiProblem, where: string): StellaError {
  const right = problem.missingRight
  if (right !== null) {
    return unreachableError(
      `a right is missing: ${right}`,
      where,
      'ask for it, or use a context that has it',
      {
        cause: problem,
      },
    )
  }
  const todo = NEXT_STEPS[problem.kind] ?? 'look at the API server'
  return unreachableError(`${problem.call}: ${problem.message}`, where, todo, { cause: problem })
}
