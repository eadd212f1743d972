/** Passwords in addresses: `scheme://user:password@host`. Read by hand, for a pattern takes minutes for a crafted text. */
import { REDACTED } from './redacted.ts'

/** What stands between blanks, quotes and angle brackets; an address has none of them. */
const RUN = /[^\s"'<>]+/g
/** How an excerpt ends that was cut. */
const CUT = ' …'

/** @returns the text with what stands before the `@` of addresses taken out, also where it was cut before the `@` */
export function redactUserinfo(text: string): string {
  const whole = text.replaceAll(RUN, (run) => (run.includes('://') ? redactRun(run) : run))
  return whole.endsWith(CUT) ? redactCut(whole) : whole
}

function redactRun(run: string): string {
  let result = ''
  let done = 0
  let at = -1
  for (let next = run.indexOf('://'); next !== -1; next = run.indexOf('://', next)) {
    const start = next + 3
    if (at < start) at = run.indexOf('@', start)
    if (at === -1) break
    next = start
    if (!isUserinfo(run, start, at) || isDigest(run, at + 1)) continue
    result += run.slice(done, start) + REDACTED
    done = at
    next = at + 1
  }
  return result + run.slice(done)
}

/** Something without a slash, or a user and a password, which may have slashes. */
function isUserinfo(run: string, start: number, at: number): boolean {
  if (at === start) return false
  const slash = indexBefore(run, '/', start, at)
  if (slash === at) return true
  const colon = indexBefore(run, ':', start, at)
  return colon < slash && colon + 1 < at
}

function indexBefore(run: string, part: string, start: number, end: number): number {
  const found = run.indexOf(part, start)
  return found === -1 ? end : Math.min(found, end)
}

/** The digest of an image is no host. */
function isDigest(run: string, start: number): boolean {
  return /^sha\d+:/.test(run.slice(start, start + 16))
}

/** The last address, whose `@` was cut away; a port number is no password. */
function redactCut(text: string): string {
  const end = text.length - CUT.length
  const run =
    /(?<![^\s"'<>])[^\s"'<>]*$/.exec(text.slice(Math.max(0, end - MAX_CUT), end))?.[0] ?? ''
  const tail = run.slice(run.lastIndexOf('@') + 1)
  const redacted = tail.replace(CUT_USERINFO, `$1${REDACTED}`)
  return text.slice(0, end - tail.length) + redacted + CUT
}

const CUT_USERINFO = /(:\/\/[^/:]+:)(?!\d+$)[^]+$/
/** Excerpts are shorter. */
const MAX_CUT = 64 * 1024
