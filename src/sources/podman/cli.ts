import type { Engine, EngineAnswer } from '../docker/engine.ts'
import { MAX_ANSWER_BYTES } from '../docker/engine.ts'
import type { Reader } from '../reader.ts'
import type { RunResult } from '../run.ts'

/** Podman without its API service, which most machines do not run: the program itself is asked. */
export function podmanProgram(reader: Reader): Engine {
  const ask = async (args: readonly string[], signal: AbortSignal): Promise<EngineAnswer> => {
    const argv = ['podman', ...args]
    const result = await reader.run(argv, {
      signal,
      maxBytes: MAX_ANSWER_BYTES,
      env: reader.env,
      withStderr: args[0] === 'logs',
    })
    return answerOf(argv, result)
  }
  return {
    name: 'podman',
    where: 'the program podman',
    version: (signal) => ask(['version', '--format=json'], signal),
    inspect: (container, signal) => ask(['inspect', '--type=container', '--', container], signal),
    info: (signal) => ask(['info', '--format=json'], signal),
    list: (signal) => ask(['ps', '--no-trunc', '--format=json'], signal),
    listAll: (signal) => ask(['ps', '--all', '--no-trunc', '--format=json'], signal),
    // Without --until: Podman 4.3 may end at once and lose events where that moment is past.
    events: (id, { since }, signal) =>
      ask(
        [
          'events',
          '--stream=false',
          '--format=json',
          '--filter=type=container',
          `--filter=container=${id}`,
          ...(since === null ? [] : [`--since=${new Date(since).toISOString()}`]),
        ],
        signal,
      ),
    follow: async (since, signal, onChunk) => {
      const argv = [
        'podman',
        'events',
        '--format=json',
        '--filter=type=container',
        `--since=${new Date(since).toISOString()}`,
      ]
      const { outcome, stderr } = await reader.run(
        [...(await endingWithUs(reader, signal)), ...argv],
        {
          signal,
          maxBytes: Number.POSITIVE_INFINITY,
          env: reader.env,
          onChunk,
        },
      )
      if (outcome === 'aborted') return null
      if (outcome === 'missing' || NOT_INSTALLED.test(stderr)) {
        return { says: 'the program podman is not installed' }
      }
      return { says: `podman events ended: ${reason(stderr)}` }
    },
    logs: (id, { lines }, signal) =>
      ask(['logs', '--timestamps', `--tail=${lines}`, '--', id], signal),
    stats: (id, signal) => ask(['stats', '--no-stream', '--format=json', '--', id], signal),
  }
}

const NOT_INSTALLED = /failed to execute podman/

/**
 * What runs a program so that it ends when we do, also where we are killed: `podman events` would wait for ever for an event
 * that nobody reads. Empty where the machine has no such thing, or an older one. prctl(2), PR_SET_PDEATHSIG
 */
async function endingWithUs(reader: Reader, signal: AbortSignal): Promise<readonly string[]> {
  const argv = ['setpriv', '--pdeathsig', 'TERM']
  const tried = await reader.run([...argv, 'true'], { signal, maxBytes: MAX_ANSWER_BYTES })
  return tried.outcome === 'exited' && tried.exitCode === 0 ? argv : []
}

function answerOf(argv: readonly string[], result: RunResult): EngineAnswer {
  if (result.outcome === 'missing') {
    return { outcome: 'unreachable', says: 'the program podman is not installed' }
  }
  if (result.outcome === 'aborted') {
    return { outcome: 'failed', says: 'the program podman did not answer in time' }
  }
  if (result.exitCode === 0 || result.truncated) {
    const { truncated } = result
    return { outcome: 'answered', text: result.stdout, from: argv.join(' '), truncated }
  }
  if (/no such (?:container|object)/i.test(result.stderr)) return { outcome: 'not-found' }
  return {
    outcome: 'failed',
    says: `${argv.slice(0, 2).join(' ')} failed: ${reason(result.stderr)}`,
  }
}

/** The last line, which is either `Error: …` or a log line, `time="…" level=error msg="…"`. */
function reason(stderr: string): string {
  const line = stderr.trim().split('\n').at(-1) ?? ''
  const message = /\bmsg="((?:[^"\\]|\\.)*)"/.exec(line)?.[1] ?? line.replace(/^Error: /, '')
  return message.replaceAll('\\"', '"').slice(0, 300)
}
