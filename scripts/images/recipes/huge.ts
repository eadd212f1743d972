import { layerOf, written } from '../image.ts'
import type { Recipe } from '../image.ts'
import { OS_RELEASE, dpkgStatus, jar, npmPackage, pomProperties } from '../packages.ts'
import { randomBytes } from '../random.ts'
import type { Entry, LongBody } from '../tar.ts'
import { zipOf } from '../zip.ts'

const MIB = 1024 * 1024
/** Jars in the jar. */
const INNER = Array.from({ length: 50 }, (_, at) => at)
const UNITS = [0, 1, 2, 3, 4, 5, 6]

/**
 * A stream that lies nowhere: seven layers of `unitMib` each, a file of twice as much, and a jar of one and a half times as
 * much that holds jars.
 */
export function huge(unitMib: number): Recipe {
  const unit = unitMib * MIB
  return {
    about: `${((10.5 * unitMib) / 1024).toFixed(1)} GiB that are made while they are read`,
    forms: [],
    make: async () => ({
      layers: [
        layerOf('base', () => [OS_RELEASE, dpkgStatus({ bash: '5.2.15-2+b7' })]),
        ...UNITS.map((at) =>
          layerOf(`unit ${at}`, () => [
            file(`opt/${at}.bin`, long(at, unit)),
            npmPackage(`srv/${at}`, `unit-${at}`, '1.0.0'),
          ]),
        ),
        layerOf('one large file', () => [file('opt/large.bin', long(8, 2 * unit))]),
        layerOf('one large jar', () => [file('opt/large.jar', largeJar(1.5 * unit))]),
      ],
      truth: written({
        deb: ['bash@5.2.15-2+b7'],
        maven: [
          'org.example/large@1.0.0',
          ...INNER.map((at) => `org.example.inner/inner-${at}@1.${at}.0`),
        ],
        npm: UNITS.map((at) => `unit-${at}@1.0.0`),
      }),
    }),
  }
}

function file(path: string, body: LongBody): Entry {
  return { path, body }
}

function largeJar(bytes: number): LongBody {
  const inner = INNER.map((at) => ({
    name: `BOOT-INF/lib/inner-${at}-1.${at}.0.jar`,
    body: jar('org.example.inner', `inner-${at}`, `1.${at}.0`),
  }))
  return zipOf([
    { name: 'META-INF/MANIFEST.MF', body: Buffer.from('Manifest-Version: 1.0\n\n') },
    pomProperties('org.example', 'large', '1.0.0'),
    { name: 'BOOT-INF/classes/data.bin', body: long(9, bytes) },
    ...inner,
  ])
}

/** One random piece again and again, each time with its number in front. */
function long(seed: number, bytes: number): LongBody {
  return {
    bytes,
    *chunks() {
      const piece = randomBytes(seed + 1, MIB)
      for (let at = 0; at < bytes; at += MIB) {
        piece.writeUInt32LE(at / MIB)
        // A copy, for whoever reads them may keep some before it writes them.
        yield Buffer.from(piece.subarray(0, bytes - at))
      }
    },
  }
}
