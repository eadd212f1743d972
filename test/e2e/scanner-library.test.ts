import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { formats, scan, StellaError } from '../../src/app/scan/library.ts'
import { REPO } from '../../scripts/lib/repo.ts'
import { written } from '../support/opened.ts'

const FOLDER = mkdtempSync(join(tmpdir(), 'stella-test-library-'))
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }))

describe('the scanner as a library', () => {
  const text = '{"name":"left-pad","version":"1.3.0","license":"WTFPL"}'
  const root = written(
    join(FOLDER, 'root'),
    new Map([['app/node_modules/left-pad/package.json', Buffer.from(text)]]),
  )

  it('gives packages, and documents as text in pieces', async () => {
    const found = await scan(`dir:${root}`, { scratchFolder: FOLDER })
    const packages = await all(found.document.packages())
    expect(packages).toMatchObject([
      {
        purl: 'pkg:npm/left-pad@1.3.0',
        package: { licences: ['WTFPL'] },
        occurrences: [{ path: 'app/node_modules/left-pad/package.json' }],
      },
    ])
    const pieces = await all(formats.spdx(found.document))
    expect(JSON.parse(pieces.join(''))).toMatchObject({ spdxVersion: 'SPDX-2.3' })
    found.close()
  })

  it('throws errors that say what to do', async () => {
    const failed = scan(`oci:${join(FOLDER, 'none')}`)
    await expect(failed).rejects.toBeInstanceOf(StellaError)
    await expect(failed).rejects.toMatchObject({ exitCode: 3, todo: expect.stringMatching(/name/) })
  })

  it('is exported from what the build makes', () => {
    const { exports } = JSON.parse(readFileSync(join(REPO, 'package.json'), 'utf8'))
    const entry = exports['./scanner']
    const built = entry.default.replace('./dist/', '').replace('.js', '')
    const config = readFileSync(join(REPO, 'rolldown.config.js'), 'utf8')
    expect(config).toContain(`${built}: 'src/app/scan/library.ts'`)
    const source = entry.types.replace('./dist/types/', 'src/').replace('.d.ts', '.ts')
    expect(existsSync(join(REPO, source))).toBe(true)
  })
})

async function all<Item>(items: Iterable<Item> | AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = []
  for await (const item of items) found.push(item)
  return found
}
