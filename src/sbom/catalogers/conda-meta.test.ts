import { expect, test } from 'vitest'
import { catalogFile, catalogFixture, packageFixture } from '../../../test/support/cataloged.ts'
import { expectToSurvive } from '../../../test/support/damaged-files.ts'
import { selected } from '../../../test/support/selected.ts'
import { shown } from '../../../test/support/shown-packages.ts'
import { condaMeta } from './conda-meta.ts'

const PATH = 'opt/conda/conda-meta/a-1.0-0.json'

test('finds what is installed, and where it is from', async () => {
  expect(shown(await catalogFixture(condaMeta, 'rattler'))).toEqual([
    'conda tiny 1.2.3 build=pyhd8ed1ab_0 channel=conda-forge subdir=noarch type=tar.bz2 [BSD-3-Clause]',
  ])
})

test.each([
  ['https://conda.anaconda.org/conda-forge/linux-64', 'conda-forge'],
  ['https://repo.anaconda.com/pkgs/main/noarch', 'main'],
  ['https://conda.anaconda.org/bioconda', 'bioconda'],
  ['defaults', 'defaults'],
  ['https://user:secret@host/t/se-cr-et/acme/osx-arm64/', 'acme'],
  ['https://host/t/se-cr-et', undefined],
])('channel %s is %s', async (channel, expected) => {
  const bytes = Buffer.from(JSON.stringify({ name: 'a', version: '1.0', channel }))
  const [found] = await catalogFile(condaMeta, PATH, bytes)
  expect(found).toMatchObject({ package: { qualifiers: expected ? { channel: expected } : {} } })
  expect(JSON.stringify(found)).not.toMatch(/se-?cr-?et/)
})

test('a list of files of many MiB before the name is passed over', async () => {
  const files = Array.from({ length: 200_000 }, (_, at) => `lib/python3.12/file-${at}.py`)
  const json = { files, paths_data: { paths: files }, name: 'big', version: '2.0' }
  const found = await catalogFile(condaMeta, PATH, Buffer.from(JSON.stringify(json)))
  expect(shown(found)).toEqual(['conda big 2.0'])
})

test('wants the folder of an environment, and its history is no package', () => {
  const paths = [
    PATH,
    'opt/conda/envs/a/conda-meta/b-1-0.json',
    'opt/conda/conda-meta/history',
    'a.json',
  ]
  expect(selected(condaMeta, paths)).toEqual(paths.slice(0, 2))
})

test('survives damage', async () => {
  await expectToSurvive(condaMeta, PATH, [...packageFixture('conda-meta', 'rattler').values()])
})
