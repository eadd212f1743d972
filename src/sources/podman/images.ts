import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { ImageEngine } from '../../image/source/engine.ts'
import { unreachableError } from '../../model/errors.ts'
import { isImageName } from '../docker/images.ts'
import type { Reader } from '../reader.ts'

const LONGEST_QUESTION_MS = 20_000

/** The images of Podman without its API service: the program itself is asked. */
export function podmanImages(reader: Reader): ImageEngine {
  return {
    name: 'podman',
    has: async (image, signal) => {
      if (!isImageName(image)) return { outcome: 'no' }
      const { outcome, exitCode } = await reader.run(['podman', 'image', 'exists', image], {
        signal: AbortSignal.any([signal, AbortSignal.timeout(LONGEST_QUESTION_MS)]),
        maxBytes: 0,
        env: reader.env,
      })
      signal.throwIfAborted()
      if (outcome === 'missing') {
        return { outcome: 'unreachable', says: 'the program podman is not installed' }
      }
      if (exitCode === 0) return { outcome: 'yes' }
      return exitCode === 1
        ? { outcome: 'no' }
        : { outcome: 'unreachable', says: 'the program podman does not tell' }
    },
    save: (image, _platform, signal) => saved(reader, image, signal),
  }
}

/** At the pace of whoever reads it: the program waits while its pipe is full. */
async function* saved(
  reader: Reader,
  image: string,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const child = spawn('podman', ['save', '--quiet', '--format=docker-archive', '--', image], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...reader.env, LC_ALL: 'C' },
    signal,
    killSignal: 'SIGKILL',
  })
  const ended = once(child, 'close').catch(() => [null])
  try {
    for await (const chunk of child.stdout) if (chunk instanceof Uint8Array) yield chunk
    const [exitCode] = await ended
    signal.throwIfAborted()
    if (exitCode === 0) return
    throw unreachableError(
      `podman save ended with ${exitCode === null ? 'a signal' : `exit code ${exitCode}`}`,
      `podman:${image}`,
      `see what 'podman save ${image}' says`,
    )
  } finally {
    child.kill('SIGKILL')
  }
}
