import { spawn } from 'node:child_process'
import * as z from 'zod/mini'
import { jsonOrNull } from '../json.ts'

const Answer = z.object({ Username: z.string(), Secret: z.string() })

/** What a helper kept, that it kept nothing, or why it could not be asked: a part of a sentence. */
export type HelperAnswer =
  | { kind: 'found'; user: string; secret: string }
  | { kind: 'nothing' }
  | { kind: 'failed'; says: string }

const MAX_ANSWER_BYTES = 64 * 1024
const LONGEST_MS = 20_000

/**
 * Asks a credential helper, `docker-credential-<name> get`. What it says is never repeated, for it may be the secret.
 *
 * @param server as it is kept: a host, or the address that Docker Hub has for historical reasons
 * @see https://github.com/docker/docker-credential-helpers
 */
export async function askHelper(
  name: string,
  server: string,
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
  longestMs = LONGEST_MS,
): Promise<HelperAnswer> {
  if (!/^[\w.-]{1,100}$/.test(name)) return { kind: 'failed', says: 'a helper has no proper name' }
  const program = `docker-credential-${name}`
  const limit = AbortSignal.any([signal, AbortSignal.timeout(longestMs)])
  const result = await run(program, server, env, limit)
  signal.throwIfAborted()
  if (result.kind === 'failed') {
    const late = limit.aborted ? `gave no answer in ${longestMs / 1000} s` : result.says
    return { kind: 'failed', says: `${program} ${late}` }
  }
  if (result.exitCode !== 0) {
    // The words of all helpers for this.
    if (/credentials not found/i.test(result.output)) return { kind: 'nothing' }
    const how = result.exitCode === null ? 'was ended' : `failed with exit code ${result.exitCode}`
    return { kind: 'failed', says: `${program} ${how}` }
  }
  const answer = Answer.safeParse(jsonOrNull(result.output))
  if (!answer.success) return { kind: 'failed', says: `${program} gave no credentials` }
  return { kind: 'found', user: answer.data.Username, secret: answer.data.Secret }
}

type Ran =
  | { kind: 'ended'; exitCode: number | null; output: string }
  | { kind: 'failed'; says: string }

function run(
  program: string,
  input: string,
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<Ran> {
  return new Promise((resolve) => {
    const child = spawn(program, ['get'], {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: { ...env },
      signal,
      killSignal: 'SIGKILL',
    })
    const pieces: Buffer[] = []
    let length = 0
    child.stdout.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length <= MAX_ANSWER_BYTES) pieces.push(chunk)
      else {
        child.kill('SIGKILL')
        // What it started may write on; without a reader it ends, too.
        child.stdout.destroy()
      }
    })
    child.on('error', (error: NodeJS.ErrnoException) =>
      resolve({
        kind: 'failed',
        says: error.code === 'ENOENT' ? 'is not installed' : 'cannot be started',
      }),
    )
    // It may end without having read what it was asked.
    child.stdin.on('error', () => {})
    child.stdin.end(input)
    child.on('close', (exitCode) =>
      resolve({ kind: 'ended', exitCode, output: Buffer.concat(pieces).toString() }),
    )
  })
}
