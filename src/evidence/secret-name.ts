/**
 * Whether a variable, option, header or field of this name holds a secret.
 *
 * @example isSecretName('DB_PASSWORD') // true
 * @example isSecretName('JAVA_OPTS')   // false
 */
export function isSecretName(name: string): boolean {
  const known = answers.get(name)
  if (known !== undefined) return known
  const answer = looksSecret(name)
  if (answers.size < MAX_ANSWERS && name.length <= MAX_NAME) answers.set(name, answer)
  return answer
}

/** Field names of our own documents come by the hundred thousand. */
const answers = new Map<string, boolean>()
const MAX_ANSWERS = 2_000
const MAX_NAME = 64

function looksSecret(name: string): boolean {
  const words = wordsOf(name)
  const joined = words.join('')
  if (NEVER.has(joined)) return false
  return ANYWHERE.test(joined) || AT_END.test(joined) || words.some((word) => WORDS.has(word))
}

/**
 * A name that a container or program may well have itself, so that "auth: exited with 137" is a sentence and no assignment.
 */
export function isAmbiguousName(name: string): boolean {
  return WORDS.has(name.toLowerCase()) || AMBIGUOUS.has(name.toLowerCase())
}

/** The value is a plain quantity of something that is measured: `KEY_BUFFER_SIZE=256M` is about memory. */
export function isMeasure(name: string, value: string): boolean {
  const last = wordsOf(name).at(-1) ?? ''
  return MEASURES.has(last) && /^["']?\d+(\.\d+)?\s?([kmgtp]i?b?|b|ms|s|%)?["']?$/i.test(value)
}

const ANYWHERE =
  /passw|passphrase|secret|credential|apikey|accesskey|privatekey|signingkey|encryptionkey|authtoken|connectionstring|webhookurl/
const AT_END = /(token|key|pwd|auth)$/
const WORDS = new Set([
  'authorization',
  'cookie',
  'creds',
  'dsn',
  'jwt',
  'pass',
  'pat',
  'sas',
  'signature',
  'token',
  'tokens',
  'auth',
])
const AMBIGUOUS = new Set(['key', 'secret', 'secrets', 'credentials'])
/** Paths and switches that only sound like secrets. */
const NEVER = new Set(['pwd', 'oldpwd', 'monkey', 'hotkey', 'sshauthsock'])
const MEASURES = new Set([
  'bytes',
  'count',
  'interval',
  'length',
  'limit',
  'max',
  'mb',
  'mem',
  'memory',
  'percent',
  'size',
  'timeout',
  'tokens',
  'ttl',
])

function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '')
}
