import { expect, test } from 'vitest'
import { catalogFile } from '../../../test/support/cataloged.ts'
import type { Cataloger } from '../cataloger.ts'
import { cargoLock } from '../catalogers/cargo-lock.ts'
import { erlangApp } from '../catalogers/erlang-app.ts'
import { mixLock } from '../catalogers/mix-lock.ts'
import { pnpmLock } from '../catalogers/pnpm-lock.ts'
import { pythonDistInfo } from '../catalogers/python-dist-info.ts'
import { rubyGemspec } from '../catalogers/ruby-gemspec.ts'
import { yarnLock } from '../catalogers/yarn-lock.ts'

const LINE_BYTES = 60_000
const LINES = 20

/** What makes a search that goes back and forth take a time that grows with the square of the line, or faster. */
const BEGINNINGS: readonly [Cataloger, readonly string[]][] = [
  [
    yarnLock,
    ['', '"', '  resolved "', '  resolution: "', '"a@^1":\n  version "1"\n  resolved "/@'],
  ],
  [pnpmLock, ['packages:\n  ', 'packages:\n  a@1:\n    version: ', '  ']],
  [pythonDistInfo, ['Classifier: License :: ', 'License: ', '']],
  [rubyGemspec, ['  s.licenses = [', '# stub: ', '  s.name = ', '']],
  [mixLock, ['  "a": {:hex, :a, "1", "x", [', '  "', '']],
  [cargoLock, ['[[package]]\nname = "', '[']],
  [erlangApp, ['{application,a,[', '{application,a,"', '%']],
]
const REPEATED = [
  ' ',
  'a',
  '"',
  "'",
  '/',
  '@',
  '%2f',
  ': {',
  '], "',
  ' :: ',
  '/@a',
  '(',
  '\\',
  '%',
  '],',
  '-/',
]

test.each(
  BEGINNINGS.map(([cataloger, beginnings]) => [cataloger.id, cataloger, beginnings] as const),
)('%s: long lines of anything come to an end', async (_, cataloger, beginnings) => {
  for (const beginning of beginnings) {
    for (const repeated of REPEATED) {
      const line = `${beginning}${repeated.repeat(LINE_BYTES / repeated.length)}\n`
      const found = await catalogFile(cataloger, 'x', Buffer.from(line.repeat(LINES)))
      for (const one of found) expect(JSON.stringify(one).length).toBeLessThan(LINE_BYTES)
    }
  }
})
