/** Whoever has less of what was recorded may be told less, and nothing that is not so. */
import { globSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { REPO } from '../../scripts/lib/repo.ts'
import { investigate } from '../../src/investigate/investigate.ts'
import type { Verdict } from '../../src/model/case.ts'
import { readFiles } from '../../src/sources/files/index.ts'

const FIXTURES = join(REPO, 'fixtures')
const RECORDED = globSync('{guest/6.1/*,edge-cases/*}/', { cwd: FIXTURES })

async function verdictOf(paths: readonly string[]): Promise<Verdict | null> {
  const [first] = investigate(await readFiles(paths), null, { all: false })
  return first?.verdict ?? null
}

/** Each file alone; of incidents that were recorded whole, all others without it as well. */
function partsOf(files: readonly string[], isWhole: boolean): (readonly string[])[] {
  const alone = files.map((file) => [file])
  return isWhole ? [...alone, ...files.map((file) => files.filter((one) => one !== file))] : alone
}

const IS_KILL = /^(?:oom-|killed-)/

it.each(RECORDED)(
  'what died is not called well by one file of %s, nor by all but one',
  async (folder) => {
    const files = globSync('**', { cwd: join(FIXTURES, folder) })
      .map((name) => join(FIXTURES, folder, name))
      .filter((path) => statSync(path).isFile())
    const isKill = IS_KILL.test((await verdictOf(files))?.code ?? '')
    const wrong: string[] = []
    for (const part of isKill ? partsOf(files, folder.startsWith('guest/')) : []) {
      const said = part.length === 0 ? null : await verdictOf(part)
      if (said?.code !== 'healthy' || said.confidence === 'possible') continue
      wrong.push(...(part.length === 1 ? part : files.filter((file) => !part.includes(file))))
    }
    expect(wrong).toEqual([])
  },
)

it('a group that lost its name is not taken for that of the container', async () => {
  const folder = join(FIXTURES, 'guest/6.1/ancestor-limit')
  const files = globSync('**', { cwd: folder, exclude: ['pod/PATH'] })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
  const [found] = investigate(await readFiles(files), null, { all: false })
  expect(found?.verdict.code).toBe('oom-ancestor-limit')
  expect(found?.evidence.map(({ from }) => from)).not.toContain(join(folder, 'pod'))
})
