import { expect, test } from 'vitest'
import { catalogFile, catalogFixture, packageFixture } from '../../../test/support/cataloged.ts'
import { expectToSurvive } from '../../../test/support/damaged-files.ts'
import { shown } from '../../../test/support/shown-packages.ts'
import { composerInstalled } from './composer-installed.ts'

const PATH = 'app/vendor/composer/installed.json'

test('finds what Composer 2 installed, to develop too', async () => {
  expect(shown(await catalogFixture(composerInstalled, 'composer-2'))).toEqual([
    'composer acme/log v1.4.0 [MIT]',
    'composer acme/mail 2.0.1 [LGPL-2.1-only, GPL-3.0-or-later]',
    'composer acme/test 0.9.0 [MIT]',
  ])
})

test('Composer 1 wrote the list alone, and names with capital letters', async () => {
  const list = [
    { name: 'Acme/Log', version: '1.0.0', version_normalized: '1.0.0.0', license: 'MIT' },
    { name: 'acme/nothing' },
    'acme/text',
  ]
  const found = await catalogFile(composerInstalled, PATH, Buffer.from(JSON.stringify(list)))
  expect(shown(found)).toEqual(['composer acme/log 1.0.0 [MIT]'])
})

test('survives damage', async () => {
  const seeds = [...packageFixture('composer-installed', 'composer-2').values()]
  await expectToSurvive(composerInstalled, PATH, seeds)
})
