import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Seen from the bundle and from the sources. */
const FOLDERS = ['..', '../../../..']

/**
 * Where somebody reads on who stands in any folder: a runbook is shown by a command, and a page lies where stella is installed.
 *
 * @param page a path in this package, as a check names it
 */
export function readOn(page: string): string {
  const [, runbook] = /^runbooks\/([^/]+)\.md$/.exec(page) ?? []
  if (runbook !== undefined) return `stella runbook show ${runbook}`
  const places = FOLDERS.map((folder) =>
    fileURLToPath(new URL(`${folder}/${page}`, import.meta.url)),
  )
  return places.find((place) => existsSync(place)) ?? `${page}, in the package of stella`
}
