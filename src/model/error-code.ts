/** The name that the system gives an error, as ENOENT; that of its cause where it has none itself, as errors of `fetch`. */
export function errorCode(error: unknown): string {
  return ownCode(error) ?? ownCode(error instanceof Error ? error.cause : null) ?? 'unknown'
}

function ownCode(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('code' in error)) return null
  return typeof error.code === 'string' ? error.code : null
}
