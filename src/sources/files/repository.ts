import { closeSync, constants, fstatSync, openSync, readdirSync, readFileSync } from 'node:fs'
import { realpathSync, statSync } from 'node:fs'
import { dirname, resolve, sep } from 'node:path'
import { whyNotOpened } from './live-proc.ts'

/** Settings that somebody wrote are smaller by far. */
const MAX_BYTES = 1024 * 1024
/** Over all files. */
const MAX_TOTAL_BYTES = 32 * 1024 * 1024
const MAX_FILES = 10_000
const MAX_NAMES = 1_000

/** Files that manifests refer to, read when they are asked for. */
export interface RepositoryFiles {
  /** The exact text; null for what is not there, outside of the folders, excluded, larger than 1 MiB, or no text in UTF-8. */
  read(absolute: string): string | null
  /** The names in a folder; none where it is not one of theirs. */
  names(absolute: string): readonly string[]
}

/**
 * The files in some folders, and beside files that are named themselves. No link leads out of them.
 *
 * @param isExcluded of an absolute path
 */
export function repositoryFiles(
  paths: readonly string[],
  isExcluded: (path: string) => boolean,
): RepositoryFiles {
  const roots = paths.flatMap((path) => rootOf(path) ?? [])
  const known = new Map<string, string | null>()
  let total = 0
  function isInside(absolute: string): boolean {
    const real = orNull(() => realpathSync(absolute))
    return real !== null && roots.some((root) => real === root || real.startsWith(withSlash(root)))
  }
  return {
    read(absolute) {
      const before = known.get(absolute)
      if (before !== undefined) return before
      const isRead =
        known.size < MAX_FILES &&
        total < MAX_TOTAL_BYTES &&
        !isExcluded(absolute) &&
        isInside(absolute)
      const text = isRead ? orNull(() => textOf(realpathSync(absolute))) : null
      total += text?.length ?? 0
      known.set(absolute, text)
      return text
    },
    names: (absolute) =>
      isInside(absolute) ? (orNull(() => readdirSync(absolute)) ?? []).slice(0, MAX_NAMES) : [],
  }
}

function rootOf(path: string): string | null {
  return orNull(() => {
    const real = realpathSync(resolve(path))
    return statSync(real).isDirectory() ? real : dirname(real)
  })
}

function textOf(path: string): string | null {
  if (whyNotOpened(path) !== null) return null
  // A pipe would wait for its writer.
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const stats = fstatSync(file)
    if (!stats.isFile() || stats.size > MAX_BYTES) return null
    const text = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true }).decode(
      readFileSync(file),
    )
    return text.includes('\0') ? null : text
  } finally {
    closeSync(file)
  }
}

function orNull<Made>(make: () => Made): Made | null {
  try {
    return make()
  } catch {
    return null
  }
}

function withSlash(path: string): string {
  return path.endsWith(sep) ? path : `${path}${sep}`
}
