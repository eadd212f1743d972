import * as z from 'zod/mini'
import type { Engine } from './engine.ts'

/** The API answers with the one, the program podman with the other. */
const Version = z.union([
  z.object({ Version: z.string() }),
  z.pipe(
    z.object({ Client: z.object({ Version: z.string() }) }),
    z.transform(({ Client }) => Client),
  ),
])

/** The version of the first of these engines that answers, `4.3.1`; null where none does. */
export async function versionOf(
  engines: readonly Engine[],
  signal: AbortSignal,
): Promise<string | null> {
  for (const engine of engines) {
    const answer = await engine.version(signal)
    if (answer.outcome !== 'answered') continue
    const version = Version.safeParse(jsonOrNull(answer.text))
    if (version.success) return version.data.Version
  }
  return null
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
