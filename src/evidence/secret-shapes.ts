import { REDACTED } from './redacted.ts'
import { redactUserinfo } from './redact-userinfo.ts'

/** Secrets that are known by their shape alone, wherever they stand. */
export function redactShapes(text: string): string {
  let result = text.replace(PRIVATE_KEY, REDACTED)
  for (const shape of SHAPES) result = result.replace(shape, REDACTED)
  return redactUserinfo(result)
    .replace(BEARER, `$1${REDACTED}`)
    .replace(BASIC, (whole: string, word: string, value: string) =>
      /[A-Z0-9=]/.test(value) ? `${word}${REDACTED}` : whole,
    )
    .replace(BASIC_USER, (whole: string, option: string, user: string, password: string) =>
      /^\d+$/.test(password) ? whole : `${option}${user}:${REDACTED}`,
    )
}

/** To the end of the text where the excerpt was cut inside of the key. */
const PRIVATE_KEY =
  /-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----[^]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|$)/g

const SHAPES = [
  // JSON Web Token (RFC 7519): a header that begins with {" in base64url.
  /\beyJ[\w-]{6,}\.[\w-]{4,}(?:\.[\w-]*)?/g,
  // GitHub, GitLab, npm, Docker Hub, Slack, Stripe, Google, OpenAI and Anthropic tokens, by their documented prefixes.
  /\bgh[pousr]_\w{20,}/g,
  /\bgithub_pat_\w{20,}/g,
  /\bgl(?:pat|dt|rt|cbt|ptt|ft)-[\w-]{16,}/g,
  /\bnpm_[A-Za-z0-9]{20,}/g,
  /\bdckr_[a-z]+_[\w-]{16,}/g,
  /\bxox[abeoprs]-[\w-]{8,}/g,
  /\b[rs]k_(?:live|test)_\w{10,}/g,
  /\bAIza[\w-]{30,}/g,
  /\bsk-[\w-]{20,}/g,
  // AWS access key ids: the prefixes of the IAM reference.
  /\b(?:A3T[A-Z0-9]|AKIA|ASIA|AGPA|AROA|AIPA|ANPA|ANVA)[A-Z0-9]{16}\b/g,
]

const BEARER = /\b(bearer\s+)[\w.~+/=-]{6,}/gi
const BASIC = /\b(basic\s+)([\w+/-]{6,}={0,2})/gi
/** `curl -u user:password`; `--user 1000:1000` is a user and a group. */
const BASIC_USER = /((?:^|\s)(?:-u|--user)[ =])([^\s:]+):(\S+)/g
