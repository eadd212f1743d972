/** Asks the workload itself whether it works. */
import { usageError } from '../model/errors.ts'
import { errorCode } from '../model/error-code.ts'
import type { Reader } from '../sources/reader.ts'
import type { ProbeAnswer } from './seen.ts'

export type Probe = { kind: 'http'; url: string } | { kind: 'command'; argv: readonly string[] }

const TIMEOUT_MS = 10_000
const MAX_OUTPUT_BYTES = 64 * 1024

/** Status 2xx or exit code 0 is well; redirects are not followed, and no shell is started. */
export async function runProbe(probe: Probe, reader: Reader): Promise<ProbeAnswer> {
  const signal = AbortSignal.timeout(TIMEOUT_MS)
  return probe.kind === 'http' ? askUrl(probe.url, signal) : runProgram(probe.argv, reader, signal)
}

async function askUrl(url: string, signal: AbortSignal): Promise<ProbeAnswer> {
  try {
    const answer = await fetch(url, { redirect: 'manual', signal })
    await answer.body?.cancel()
    return { ok: answer.ok, code: answer.status, says: `status ${answer.status}` }
  } catch (error) {
    if (signal.aborted) return { ok: false, code: null, says: NO_ANSWER }
    // The name of an error is enough; its text may repeat an address with a password.
    return { ok: false, code: null, says: `no answer: ${errorCode(error)}` }
  }
}

const NO_ANSWER = `no answer within ${TIMEOUT_MS / 1_000} s`

async function runProgram(
  argv: readonly string[],
  reader: Reader,
  signal: AbortSignal,
): Promise<ProbeAnswer> {
  const { outcome, exitCode, truncated } = await reader.run(argv, {
    signal,
    maxBytes: MAX_OUTPUT_BYTES,
    // Its output is nobody's business; it is read so that it can go on writing.
    onChunk: () => {},
  })
  if (outcome === 'missing') return { ok: false, code: null, says: 'there is no such program' }
  if (outcome === 'aborted') return { ok: false, code: null, says: NO_ANSWER }
  if (truncated) return { ok: false, code: null, says: 'it wrote too much and was ended' }
  const says = exitCode === null ? 'it was ended' : `exit code ${exitCode}`
  return { ok: exitCode === 0, code: exitCode, says }
}

/**
 * Splits a command into words at blanks; quotes of either kind keep blanks together. Nothing else has a meaning.
 *
 * @throws StellaError (usage) where a quote is not closed, or there is no word
 */
export function commandWords(text: string): string[] {
  const words: string[] = []
  let rest = text.trim()
  while (rest !== '') {
    const word = /^(?:[^\s'"]+|'[^']*'|"[^"]*")+/.exec(rest)?.[0]
    if (word === undefined) {
      throw usageError('a quote is not closed', null, "write it as in 'curl -f http://localhost/'")
    }
    words.push(
      word.replaceAll(/'([^']*)'|"([^"]*)"/g, (_match, single, double) => single ?? double),
    )
    rest = rest.slice(word.length).trimStart()
  }
  if (words.length > 0) return words
  throw usageError('the command is empty', null, 'name a program that ends with 0 when all is well')
}
