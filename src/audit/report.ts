/** What a report holds beside the audit itself. */
export interface ReportSetting {
  /** The folder it was run in, absolute: paths below it are told from there, as readers of a repository know them. */
  root: string
  /** Files that were not read, and why: whole sentences. */
  unread: readonly string[]
}

/** Stands in the place of a path for what came from standard input. */
export const STANDARD_INPUT = '-'

/** A path as the readers of a repository know it: from its root, where it lies below it. */
export function pathFromRoot(path: string, root: string): string {
  const above = root.endsWith('/') ? root : `${root}/`
  const below = path.startsWith(above) ? path.slice(above.length) : path
  return below.replace(/^(?:\.\/+)+/, '')
}
