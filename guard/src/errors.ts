/** What can be wrong with how the guard is used; the message says what to do. */
export type GuardErrorCode =
  | 'bad-thresholds'
  | 'bad-number'
  | 'bad-redis-client'
  | 'session-too-large'
  | 'sessions-full'
  | 'pool-full'
  | 'pool-closed'
  | 'worker-ended'

export class GuardError extends Error {
  readonly code: GuardErrorCode

  constructor(code: GuardErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'GuardError'
    this.code = code
  }
}
