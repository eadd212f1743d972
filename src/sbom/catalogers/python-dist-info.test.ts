import { expect, test } from 'vitest'
import { catalogFile, catalogFixture, packageFixture } from '../../../test/support/cataloged.ts'
import { expectToSurvive } from '../../../test/support/damaged-files.ts'
import { selected } from '../../../test/support/selected.ts'
import { shown } from '../../../test/support/shown-packages.ts'
import { pythonDistInfo } from './python-dist-info.ts'

async function metadata(...lines: readonly string[]): Promise<string[]> {
  const bytes = Buffer.from(lines.join('\n'))
  return shown(await catalogFile(pythonDistInfo, 'a-1.dist-info/METADATA', bytes))
}

test('finds what pip installed, with names as purls write them', async () => {
  expect(shown(await catalogFixture(pythonDistInfo, 'pip'))).toEqual([
    'pypi pyyaml 6.0.2 [MIT, MIT License]',
    'pypi idna 3.10 [BSD License]',
    'pypi python-dateutil 2.9.0.post0 [Dual License, BSD License, Apache Software License]',
    'pypi zipp 3.21.0 [MIT License]',
    'pypi zope.event 5.0 [ZPL-2.1, Zope Public License]',
  ])
})

test('an expression says all of its licences', async () => {
  const found = await metadata(
    'Metadata-Version: 2.4',
    'Name: Flask_Thing',
    'Version: 1.0',
    'License-Expression: MIT AND (Apache-2.0 OR BSD-2-Clause)',
    'License: old',
    'Classifier: License :: OSI Approved :: MIT License',
  )
  expect(found).toEqual(['pypi flask-thing 1.0 [MIT AND (Apache-2.0 OR BSD-2-Clause)]'])
})

test('the text of a licence is no name, and UNKNOWN is none', async () => {
  const head = ['Name: a', 'Version: 1']
  expect(await metadata(...head, 'License: Copyright (c) 2020', '        All rights.')).toEqual([
    'pypi a 1',
  ])
  expect(await metadata(...head, 'License: UNKNOWN', 'Keywords: b')).toEqual(['pypi a 1'])
  expect(await metadata(...head, 'Classifier: License :: OSI Approved')).toEqual(['pypi a 1'])
})

test('the description says nothing, with whatever line ends', async () => {
  expect(await metadata('Name: a\r', 'Version: 1\r', '\r', 'Name: b', 'License: MIT')).toEqual([
    'pypi a 1',
  ])
})

test('a description among the fields may have blank lines', async () => {
  const description = ['Description: .. image:: a', '', '        License: none', '', 'Keywords: b']
  const found = await metadata(
    'Name: a',
    'Version: 1',
    ...description,
    'License: MIT',
    '',
    'License: GPL',
  )
  expect(found).toEqual(['pypi a 1 [MIT]'])
})

test('without a name or a version it is no package', async () => {
  expect(await metadata('Name: a')).toEqual([])
  expect(await metadata('Version: 1')).toEqual([])
})

test('wants metadata of installed packages and no other', () => {
  const paths = ['usr/lib/python3/dist-packages/a-1.0.dist-info/METADATA', 'srv/METADATA']
  expect(selected(pythonDistInfo, paths)).toEqual(paths.slice(0, 1))
})

test('survives damage', async () => {
  const seeds = [...packageFixture('python-dist-info', 'pip').values()]
  await expectToSurvive(pythonDistInfo, 'a-1.0.dist-info/METADATA', seeds)
})
