/** What keeps a tree from being released. */

export interface Tree {
  version: string
  guardVersion: string
  changelog: string
  /** Of `git status --porcelain`. */
  status: string
}

/** One sentence for each problem, with what to do. */
export function releaseProblems({ version, guardVersion, changelog, status }: Tree): string[] {
  const problems: string[] = []
  if (status.trim() !== '') {
    problems.push(`there are changes that are not committed; commit them:\n${status.trimEnd()}`)
  }
  if (guardVersion !== version) {
    problems.push(`guard/package.json has version ${guardVersion}, and package.json ${version}`)
  }
  const [, newest = 'none'] = /^## \[(\d[^\]]*)\] - \d{4}-\d\d-\d\d$/m.exec(changelog) ?? []
  if (newest !== version) {
    problems.push(
      `the newest release in CHANGELOG.md is ${newest}; name this one, as in '## [${version}] - 2026-01-31'`,
    )
  }
  const [, unreleased = ''] = /^## \[Unreleased\]\n([^]*?)(?=^## |(?![^]))/m.exec(changelog) ?? []
  if (/^- /m.test(unreleased)) {
    problems.push(`CHANGELOG.md has lines under [Unreleased]; move them below [${version}]`)
  }
  return problems
}
