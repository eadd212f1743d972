import { expect, test } from 'vitest'
import { catalogFile, catalogFixture, packageFixture } from '../../../test/support/cataloged.ts'
import { expectToSurvive } from '../../../test/support/damaged-files.ts'
import { selected } from '../../../test/support/selected.ts'
import { shown } from '../../../test/support/shown-packages.ts'
import { erlangApp } from './erlang-app.ts'

test('finds applications of Erlang and of Elixir', async () => {
  expect(shown(await catalogFixture(erlangApp, 'debian'))).toEqual([
    'otp elixir 1.14.0',
    'otp logger 1.14.0',
    'otp crypto 5.1.2',
    'otp inets 8.2.2',
    'otp jiffy 1.1.1 [MIT, BSD]',
  ])
})

test('what describes no application is told', async () => {
  const found = await catalogFile(erlangApp, 'a/ebin/a.app', Buffer.from('{package, a}.'))
  expect(shown(found)).toEqual(['problem: it describes no application'])
})

test('wants files of ebin, and not those of macOS', () => {
  const paths = ['srv/lib/a-1.0/ebin/a.app', 'Applications/a.app', 'srv/lib/a-1.0/src/a.app.src']
  expect(selected(erlangApp, paths)).toEqual(paths.slice(0, 1))
})

test('survives damage', async () => {
  const seeds = [...packageFixture('erlang-app', 'debian').values()]
  await expectToSurvive(erlangApp, 'a/ebin/a.app', seeds)
})
