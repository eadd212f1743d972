import { expect, test } from 'vitest'
import { releaseProblems } from './check.ts'

const CHANGELOG =
  '# Changelog\n\n## [Unreleased]\n\n## [1.2.0] - 2026-11-22\n\n### Added\n\n- why: says why.\n'
const TREE = { version: '1.2.0', guardVersion: '1.2.0', changelog: CHANGELOG, status: '' }

test('a clean tree whose changes are told may be released', () => {
  expect(releaseProblems(TREE)).toEqual([])
  expect(
    releaseProblems({ ...TREE, changelog: CHANGELOG.replace('## [Unreleased]\n\n', '') }),
  ).toEqual([])
})

test('what is not committed, not told, or of another version keeps it', () => {
  expect(releaseProblems({ ...TREE, status: ' M src/a.ts\n' })).toEqual([
    'there are changes that are not committed; commit them:\n M src/a.ts',
  ])
  expect(releaseProblems({ ...TREE, guardVersion: '1.1.0' })).toEqual([
    'guard/package.json has version 1.1.0, and package.json 1.2.0',
  ])
  expect(releaseProblems({ ...TREE, version: '1.3.0', guardVersion: '1.3.0' })).toEqual([
    "the newest release in CHANGELOG.md is 1.2.0; name this one, as in '## [1.3.0] - 2026-01-31'",
  ])
  expect(releaseProblems({ ...TREE, changelog: '## [Unreleased]\n\n- why: more.\n' })).toEqual([
    "the newest release in CHANGELOG.md is none; name this one, as in '## [1.2.0] - 2026-01-31'",
    'CHANGELOG.md has lines under [Unreleased]; move them below [1.2.0]',
  ])
  const left = CHANGELOG.replace('[Unreleased]\n', '[Unreleased]\n\n- fix: undoes.\n')
  expect(releaseProblems({ ...TREE, changelog: left })).toEqual([
    'CHANGELOG.md has lines under [Unreleased]; move them below [1.2.0]',
  ])
})
