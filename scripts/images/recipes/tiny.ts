import { layerOf, written } from '../image.ts'
import type { Recipe } from '../image.ts'
import { OS_RELEASE, dpkgStatus, jar, npmPackage, pythonPackage } from '../packages.ts'
import type { Entry } from '../tar.ts'

const BASE: readonly Entry[] = [
  { path: 'etc', kind: 'folder' },
  OS_RELEASE,
  dpkgStatus({ 'base-files': '12.4', bash: '5.2.15-2+b7' }),
  npmPackage('srv', 'left-out', '1.0.0'),
  npmPackage('srv', 'ms', '2.1.2'),
]
const TOP: readonly Entry[] = [
  dpkgStatus({ 'base-files': '12.4', bash: '5.2.15-2+b7', curl: '7.88.1-10' }),
  { path: 'srv/node_modules/.wh.left-out', body: '' },
  npmPackage('srv', 'ms', '2.1.3'),
  pythonPackage('six', '1.16.0'),
  { path: 'opt/app.jar', body: jar('org.example', 'app', '1.0.0') },
]

/** Two layers, of which the upper one replaces and removes. */
export const TINY: Recipe = {
  about: 'two small layers: formats, and what starting costs',
  forms: ['oci', 'docker'],
  make: async () => ({
    layers: [layerOf('base', () => BASE), layerOf('top', () => TOP)],
    truth: written({
      deb: ['base-files@12.4', 'bash@5.2.15-2+b7', 'curl@7.88.1-10'],
      maven: ['org.example/app@1.0.0'],
      npm: ['ms@2.1.3'],
      pypi: ['six@1.16.0'],
    }),
  }),
}
