import { layerOf, written } from '../image.ts'
import type { Recipe } from '../image.ts'
import { OS_RELEASE, dpkgStatus, npmPackage } from '../packages.ts'
import { seeded } from '../random.ts'
import type { Entry } from '../tar.ts'

const FILES_EACH = 25

/** Packages of many tiny files, all in one layer. */
export function manyFiles(packages: number): Recipe {
  return {
    about: `${packages * (FILES_EACH + 1)} tiny files in one layer, ${packages} packages`,
    forms: ['oci', 'docker'],
    make: async () => ({
      layers: [
        layerOf('base', () => [OS_RELEASE, dpkgStatus({ bash: '5.2.15-2+b7' })]),
        layerOf('npm install', () => modules(packages)),
      ],
      truth: written({
        deb: ['bash@5.2.15-2+b7'],
        npm: Array.from({ length: packages }, (_, at) => `${nameOf(at)}@${versionOf(at)}`),
      }),
    }),
  }
}

function* modules(packages: number): Generator<Entry> {
  const next = seeded(4)
  for (let at = 0; at < packages; at++) {
    const name = nameOf(at)
    yield npmPackage('srv', name, versionOf(at))
    for (let file = 0; file < FILES_EACH; file++) {
      const body = `module.exports = ${next()}\n`.repeat(1 + (next() % 4))
      yield { path: `srv/node_modules/${name}/lib/${file}.js`, body }
    }
  }
}

function nameOf(at: number): string {
  return `package-${String(at).padStart(6, '0')}`
}

function versionOf(at: number): string {
  return `1.${at % 100}.${at % 7}`
}
