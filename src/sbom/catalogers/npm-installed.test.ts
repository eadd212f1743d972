import { expect, test } from 'vitest'
import { catalogFile, catalogFixture, packageFixture } from '../../../test/support/cataloged.ts'
import { expectToSurvive } from '../../../test/support/damaged-files.ts'
import { selected } from '../../../test/support/selected.ts'
import { shown } from '../../../test/support/shown-packages.ts'
import { npmInstalled } from './npm-installed.ts'

async function packageJson(content: unknown): Promise<string[]> {
  const text = typeof content === 'string' ? content : JSON.stringify(content)
  return shown(await catalogFile(npmInstalled, 'app/package.json', Buffer.from(text)))
}

test('finds the application and all that npm installed, by their own names', async () => {
  // `modules/package.json` of tslib says only how it is to be run.
  expect(shown(await catalogFixture(npmInstalled, 'npm'))).toEqual([
    'npm @types/ms 2.1.0 [MIT]',
    'npm JSONStream 0.8.4',
    'npm async 0.2.10 [MIT]',
    'npm eyes 0.1.8 [MIT]',
    'npm jsonparse 0.0.5 [MIT]',
    'npm wrappy 1.0.2 [ISC]',
    'npm ms 2.1.3 [MIT]',
    'npm through 2.3.8 [MIT]',
    'npm tslib 2.8.1 [0BSD]',
    'npm wordwrap 0.0.2 [MIT/X11]',
    'npm shop 2.0.0 [UNLICENSED]',
  ])
})

test('finds what pnpm installed', async () => {
  expect(shown(await catalogFixture(npmInstalled, 'pnpm'))).toEqual([
    'npm @types/ms 2.1.0 [MIT]',
    'npm ms 2.1.3 [MIT]',
    'npm once 1.4.0 [ISC]',
    'npm wrappy 1.0.2 [ISC]',
  ])
})

test.each([
  [{ license: 'MIT' }, '[MIT]'],
  [{ license: '(MIT OR Apache-2.0)' }, '[(MIT OR Apache-2.0)]'],
  [{ license: 'SEE LICENSE IN LICENSE.md' }, '[SEE LICENSE IN LICENSE.md]'],
  [{ license: { type: 'ISC', url: 'https://host/isc' } }, '[ISC]'],
  [{ license: { name: 'ISC' } }, '[ISC]'],
  [{ license: { url: 'https://host/isc' } }, '[https://host/isc]'],
  [{ license: ['MIT', { type: 'GPL-2.0' }] }, '[MIT, GPL-2.0]'],
  [{ licenses: [{ type: 'MIT', url: 'https://host' }, { type: 'GPL' }] }, '[MIT, GPL]'],
  [{ licenses: ['MIT', 'MIT'] }, '[MIT]'],
  [{ licenses: 'BSD' }, '[BSD]'],
  [{ licenses: { type: 'BSD' } }, '[BSD]'],
  [{ license: 'MIT', licenses: [{ type: 'MIT' }] }, '[MIT]'],
  [{ license: '' }, ''],
  [{ license: null, licenses: [7, null, {}] }, ''],
])('%j is %s', async (fields, licences) => {
  const found = await packageJson({ ...fields, name: 'a', version: '1.0.0' })
  expect(found).toEqual([`npm a 1.0.0 ${licences}`.trim()])
})

test.each([
  [{ name: 'a' }],
  [{ version: '1.0.0' }],
  [{ name: '', version: '1.0.0' }],
  [{ name: 'a b', version: '1.0.0' }],
  [{ name: '@scope', version: '1.0.0' }],
  [{ name: 'a/b', version: '1.0.0' }],
  [{ name: 'a', version: 1 }],
  [{ name: ['a'], version: '1.0.0' }],
  [{ type: 'module' }],
])('%j is no package', async (content) => {
  expect(await packageJson(content)).toEqual([])
})

test('names of objects deeper inside are not its own', async () => {
  const author = { name: 'somebody', version: '9' }
  const found = await packageJson({ author, name: 'a', version: '1.0.0', config: { author } })
  expect(found).toEqual(['npm a 1.0.0'])
})

test('a file that is no JSON is told', async () => {
  expect(await packageJson('<html></html>')).toEqual([
    'problem: it is other JSON than expected, or none',
  ])
})

test('wants each package.json and nothing else', () => {
  const paths = ['package.json', 'app/node_modules/a/package.json', 'app/package.json.orig']
  expect(selected(npmInstalled, paths)).toEqual(paths.slice(0, 2))
})

test('survives damage', async () => {
  const seeds = [...packageFixture('npm-installed', 'npm').values()]
  await expectToSurvive(npmInstalled, 'app/package.json', seeds)
})
