import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { REPO } from '../../scripts/lib/repo.ts'
import { terminalOfAnAnswer } from '../../scripts/pictures/terminal.ts'
import { requireParts } from '../support/parts.ts'

describe.skipIf(requireParts('script'))('the pictures of the README', () => {
  it('show what stella says today; else: npm run pictures', async () => {
    const shown = readFileSync(join(REPO, 'docs/pictures/why.svg'), 'utf8')
    expect(shown).toBe(await terminalOfAnAnswer())
  })
})
