/**
 * Makes the images that the scanner is measured with, without a registry: `node scripts/images.ts [NAME…]`, or all of them.
 * They lie in the cache, each with the truth of what is in it. One that is only ever a stream is written to standard output:
 * `node scripts/images.ts --stream huge | stella scan image -`
 */
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { builtImage } from './images/build.ts'
import { RECIPES, isImageName } from './images/recipes/index.ts'

const [first, second] = process.argv.slice(2)
if (first === '--stream') await stream(second ?? '')
else await make(process.argv.slice(2))

async function make(wanted: readonly string[]): Promise<void> {
  const names = wanted.length === 0 ? Object.keys(RECIPES) : wanted
  for (const name of names) {
    if (!isImageName(name)) throw new Error(`there is no image ${name}`)
    const { about, oci, docker, bytes, truth } = await builtImage(name)
    const places = [oci, docker].filter((place) => place !== null)
    const counts = Object.entries(truth.packages).map(([type, all]) => `${all.length} ${type}`)
    process.stdout.write(
      `${name}: ${about}; ${(bytes / 1e6).toFixed(1)} MB; ${counts.join(', ')}\n` +
        places.map((place) => `  ${place}\n`).join(''),
    )
  }
}

async function stream(name: string): Promise<void> {
  if (!isImageName(name)) throw new Error(`there is no image ${name}`)
  const image = await builtImage(name)
  if (image.stream === null) throw new Error(`${name} lies at ${image.docker ?? image.oci}`)
  await pipeline(Readable.from(image.stream()), process.stdout)
}
