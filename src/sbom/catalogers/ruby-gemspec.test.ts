import { expect, test } from 'vitest'
import { catalogFile, catalogFixture, packageFixture } from '../../../test/support/cataloged.ts'
import { expectToSurvive } from '../../../test/support/damaged-files.ts'
import { selected } from '../../../test/support/selected.ts'
import { shown } from '../../../test/support/shown-packages.ts'
import { rubyGemspec } from './ruby-gemspec.ts'

async function gemspec(...lines: readonly string[]): Promise<string[]> {
  const bytes = Buffer.from(lines.join('\n'))
  return shown(await catalogFile(rubyGemspec, 'specifications/a-1.gemspec', bytes))
}

test('finds what RubyGems installed, and for which platform', async () => {
  expect(shown(await catalogFixture(rubyGemspec, 'gem'))).toEqual([
    'gem tiny-native 1.2.3.pre1 platform=x86_64-linux [MIT, Ruby]',
  ])
})

test('finds what came with Ruby, and what Debian installed', async () => {
  expect(shown(await catalogFixture(rubyGemspec, 'debian'))).toEqual([
    'gem bigdecimal 3.1.1 [Ruby]',
    'gem json 2.6.1 [Ruby]',
    'gem openssl 3.0.1 [Ruby]',
    'gem psych 4.0.3 [MIT]',
    'gem rack 2.2.22 [MIT]',
    'gem rake 13.0.6 [MIT]',
  ])
})

test('where there is no stub, what is assigned counts', async () => {
  const found = await gemspec(
    'Gem::Specification.new do |spec|',
    "  spec.name = 'a'.freeze",
    '  spec.version = Gem::Version.new("1.0")',
    "  spec.license = 'MIT'",
    '  spec.name = "other"',
    'end',
  )
  expect(found).toEqual(['gem a 1.0 [MIT]'])
})

test('what is worked out when it runs is not known', async () => {
  expect(await gemspec('s.name = "a"', 's.version = "#{A::MAJOR}.0"')).toEqual([])
  expect(await gemspec('s.name = "a"', 's.version = A::VERSION')).toEqual([])
})

test('wants specifications, and not those that lie among the files of a gem', () => {
  const paths = [
    'usr/local/bundle/specifications/a-1.0.gemspec',
    'usr/local/lib/ruby/gems/3.3.0/specifications/default/json-2.7.1.gemspec',
    'usr/local/bundle/gems/a-1.0/a.gemspec',
  ]
  expect(selected(rubyGemspec, paths)).toEqual(paths.slice(0, 2))
})

test('survives damage', async () => {
  const seeds = [...packageFixture('ruby-gemspec', 'debian').values()]
  await expectToSurvive(rubyGemspec, 'specifications/a-1.gemspec', seeds)
})
