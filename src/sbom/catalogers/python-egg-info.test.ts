import { expect, test } from 'vitest'
import { catalogFile, catalogFixture, packageFixture } from '../../../test/support/cataloged.ts'
import { expectToSurvive } from '../../../test/support/damaged-files.ts'
import { selected } from '../../../test/support/selected.ts'
import { shown } from '../../../test/support/shown-packages.ts'
import { pythonEggInfo } from './python-egg-info.ts'

test('finds what Debian installed', async () => {
  expect(shown(await catalogFixture(pythonEggInfo, 'debian'))).toEqual([
    'pypi certifi 2022.9.24 [MPL-2.0, Mozilla Public License 2.0 (MPL 2.0)]',
    'pypi docutils 0.19 [public domain, Python, 2-Clause BSD, GPL 3 (see COPYING.txt), Public Domain, Python Software Foundation License, BSD License, GNU General Public License (GPL)]',
    'pypi six 1.16.0 [MIT, MIT License]',
  ])
})

test('Python itself is none of its packages', async () => {
  const text = 'Metadata-Version: 1.1\nName: Python\nVersion: 2.7.18\nLicense: PSF license\n'
  const path = 'usr/lib64/python2.7/lib-dynload/Python-2.7.18-py2.7.egg-info'
  expect(await catalogFile(pythonEggInfo, path, Buffer.from(text))).toEqual([])
})

test('wants files, folders and eggs', () => {
  const paths = [
    'usr/lib/python3/dist-packages/six-1.16.0.egg-info',
    'usr/lib/python3/dist-packages/a-1.0.egg-info/PKG-INFO',
    'usr/lib/python3/site-packages/a-1.0-py3.9.egg/EGG-INFO/PKG-INFO',
  ]
  const others = ['srv/PKG-INFO', 'usr/lib/a.egg-info/SOURCES.txt', 'a-1.0.dist-info/METADATA']
  expect(selected(pythonEggInfo, [...paths, ...others])).toEqual(paths)
})

test('survives damage', async () => {
  const seeds = [...packageFixture('python-egg-info', 'debian').values()]
  await expectToSurvive(pythonEggInfo, 'a-1.0.egg-info', seeds)
})
