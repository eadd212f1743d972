import { expect, test } from 'vitest'
import { catalogFile, catalogFixture, packageFixture } from '../../../test/support/cataloged.ts'
import { expectToSurvive } from '../../../test/support/damaged-files.ts'
import { shown } from '../../../test/support/shown-packages.ts'
import { pythonEgg } from './python-egg.ts'

test('finds a package that was not unpacked', async () => {
  expect(shown(await catalogFixture(pythonEgg, 'setuptools'))).toEqual([
    'pypi tiny-egg 0.3.1 [MIT] in EGG-INFO/PKG-INFO',
  ])
})

test('an archive that is none is told', async () => {
  const found = await catalogFile(pythonEgg, 'a-1.0-py3.11.egg', Buffer.from('gone'))
  expect(shown(found)).toEqual(['problem: it is no zip archive'])
})

test('survives damage', async () => {
  const seeds = [...packageFixture('python-egg', 'setuptools').values()]
  await expectToSurvive(pythonEgg, 'a-1.0-py3.11.egg', seeds)
})
