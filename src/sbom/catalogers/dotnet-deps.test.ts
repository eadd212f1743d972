import { expect, test } from 'vitest'
import { catalogFile, catalogFixture, packageFixture } from '../../../test/support/cataloged.ts'
import { expectToSurvive } from '../../../test/support/damaged-files.ts'
import { selected } from '../../../test/support/selected.ts'
import { shown } from '../../../test/support/shown-packages.ts'
import { dotnetDeps } from './dotnet-deps.ts'

async function deps(content: unknown): Promise<string[]> {
  const bytes = Buffer.from(JSON.stringify(content))
  return shown(await catalogFile(dotnetDeps, 'app/shop.deps.json', bytes))
}

test('finds the application and the libraries that it brings, not those it was built with', async () => {
  expect(shown(await catalogFixture(dotnetDeps, 'pythonnet'))).toEqual([
    'nuget Python.Runtime 3.0.5',
    'nuget Microsoft.CSharp 4.7.0',
    'nuget System.Reflection.Emit 4.3.0',
    'nuget System.Reflection.Emit.ILGeneration 4.3.0',
  ])
})

test('finds .NET itself', async () => {
  expect(shown(await catalogFixture(dotnetDeps, 'runtime'))).toEqual([
    'nuget Microsoft.NETCore.App.Internal 3.1.23-servicing.22122.4',
    'nuget Microsoft.NETCore.DotNetHostPolicy 3.1.23',
    'nuget runtime.linux-x64.Microsoft.NETCore.App 3.1.23-servicing.22122.4',
    'nuget runtime.linux-x64.Microsoft.NETCore.DotNetHostPolicy 3.1.23',
  ])
})

test('a library without files counts where what it depends on has some', async () => {
  const library = { type: 'package', serviceable: true, sha512: '' }
  const found = await deps({
    targets: {
      '.NETCoreApp,Version=v8.0': {},
      '.NETCoreApp,Version=v8.0/linux-x64': {
        'Meta/2.0.0': { dependencies: { Middle: '1.0.0' } },
        'Middle/1.0.0': { dependencies: { Real: '1.0.0', Meta: '2.0.0' } },
        'Real/1.0.0': { runtimeTargets: { 'runtimes/linux/lib/net8.0/Real.dll': {} } },
        'Builds/1.0.0': { dependencies: { Nothing: '1.0.0' } },
        'Nothing/1.0.0': {},
      },
    },
    libraries: {
      'Builds/1.0.0': library,
      'Elsewhere/1.0.0': library,
      'Meta/2.0.0': library,
      'Middle/1.0.0': library,
      'Nothing/1.0.0': library,
      'Real/1.0.0': library,
    },
  })
  expect(found).toEqual([
    'nuget Elsewhere 1.0.0',
    'nuget Meta 2.0.0',
    'nuget Middle 1.0.0',
    'nuget Real 1.0.0',
  ])
})

test('a self-contained application brings its runtime, by the name that it has at NuGet', async () => {
  const key = 'runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/8.0.4'
  const found = await deps({
    targets: { a: { [key]: { runtime: { 'System.dll': {} } } } },
    libraries: { [key]: { type: 'runtimepack' }, 'System.Web/4.0.0': { type: 'reference' } },
  })
  expect(found).toEqual(['nuget Microsoft.NETCore.App.Runtime.linux-x64 8.0.4'])
})

test('wants these files by how their names end', () => {
  const paths = ['app/shop.deps.json', 'app/shop.runtimeconfig.json', 'app/deps.json']
  expect(selected(dotnetDeps, paths)).toEqual(['app/shop.deps.json'])
})

test('survives damage', async () => {
  const seeds = [...packageFixture('dotnet-deps', 'pythonnet').values()]
  await expectToSurvive(dotnetDeps, 'app/shop.deps.json', seeds)
})
