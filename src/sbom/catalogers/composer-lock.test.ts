import { expect, test } from 'vitest'
import { catalogFixture, packageFixture } from '../../../test/support/cataloged.ts'
import { expectToSurvive } from '../../../test/support/damaged-files.ts'
import { selected } from '../../../test/support/selected.ts'
import { shown } from '../../../test/support/shown-packages.ts'
import { composerLock } from './composer-lock.ts'

test('finds what is not only to develop', async () => {
  expect(shown(await catalogFixture(composerLock, 'composer-2'))).toEqual([
    'composer acme/log v1.4.0 [MIT] declared',
    'composer acme/mail 2.0.1 [LGPL-2.1-only, GPL-3.0-or-later] declared',
  ])
})

test('lock files that packages bring along ask for nothing here', () => {
  const paths = ['app/composer.lock', 'app/vendor/acme/log/composer.lock']
  expect(selected(composerLock, paths)).toEqual(['app/composer.lock'])
})

test('survives damage', async () => {
  const seeds = [...packageFixture('composer-lock', 'composer-2').values()]
  await expectToSurvive(composerLock, 'app/composer.lock', seeds)
})
