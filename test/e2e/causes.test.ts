/** Of every recorded incident: what is said of its causes can be looked up. */
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { REPO } from '../../scripts/lib/repo.ts'
import { investigate } from '../../src/investigate/investigate.ts'
import { readFiles } from '../../src/sources/files/index.ts'

const FIXTURES = join(REPO, 'fixtures')
const RECORDED = globSync('{guest/*,docker,podman,kubernetes,edge-cases}/*/', { cwd: FIXTURES })

it.each(RECORDED)('each cause rests on evidence that is shown: %s', async (folder) => {
  const world = await readFiles([join(FIXTURES, folder)])
  for (const { causes, evidence } of investigate(world, null, { all: true })) {
    const shown = new Set(evidence.map(({ id }) => id))
    for (const cause of causes) {
      expect(cause.because, cause.code).not.toEqual([])
      expect(cause.because.filter((id) => !shown.has(id))).toEqual([])
    }
  }
})
