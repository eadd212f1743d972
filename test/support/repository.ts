import { posix } from 'node:path'
import type { Beside } from '../../src/audit/documents/beside.ts'
import { positionOf, type SourceFile } from '../../src/audit/documents/place.ts'
import { audit, type AuditInput, UNKNOWN_HOST } from '../../src/audit/engine.ts'
import { mend } from '../../src/audit/mend.ts'
import { RULES, USUAL_RULES } from '../../src/audit/rules/index.ts'

/** Files of a repository by their paths. Those that hold workloads are judged, and see the others beside them. */
export type Repository = Readonly<Record<string, string>>

const JUDGED = /(?:\.ya?ml|Dockerfile)$/

function inputsOf(repository: Repository): AuditInput[] {
  const files = new Map<string, SourceFile>(
    Object.entries(repository).map(([path, text]) => [path, { path, text }]),
  )
  return [...files.values()]
    .filter(({ path }) => JUDGED.test(path))
    .map((file) => ({
      file,
      variables: new Map(),
      isNamed: false,
      beside: besideOf(posix.dirname(file.path), files),
    }))
}

function besideOf(folder: string, files: ReadonlyMap<string, SourceFile>): Beside {
  const at = (path: string): string => posix.join(folder, path)
  return {
    read: (path) => files.get(at(path)) ?? null,
    names: (path) =>
      [...files.keys()]
        .filter((each) => posix.dirname(each) === posix.normalize(at(path)).replace(/\/$/, ''))
        .map((each) => posix.basename(each)),
  }
}

/** What the rules find, as `path:line:column RULE`, and what stands there. */
export function findingsIn(repository: Repository, rules = USUAL_RULES): string[] {
  return audit(inputsOf(repository), UNKNOWN_HOST, rules).findings.map(({ place, rule }) => {
    const { line, column } = positionOf(place)
    const shown = place.file.text.slice(place.start, place.end)
    return `${place.file.path}:${line}:${column} ${rule.id} ${shown}`
  })
}

/** The same for some rules alone, optional ones among them. */
export function foundBy(ids: RegExp, repository: Repository): string[] {
  return findingsIn(
    repository,
    RULES.filter(({ id }) => ids.test(id)),
  )
}

/** The files with what can be mended mended. */
export function mendedTexts(repository: Repository): Record<string, string> {
  const mended = mend(inputsOf(repository), UNKNOWN_HOST).filter(({ count }) => count > 0)
  return Object.fromEntries(mended.map(({ after: { file } }) => [file.path, file.text]))
}
