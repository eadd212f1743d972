/**
 * What other scanners find and `stella scan image` does not, and the other way round:
 * `node bench/scan/differences.ts [--peers NAME,…] [IMAGE…]`
 * Each is told with its reason, as far as it is known; what has none is told as UNEXPLAINED, and nothing that a peer alone finds
 * may be that. What is in the image by its own package managers stands beside.
 */
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { builtImage } from '../../scripts/images/build.ts'
import type { BuiltImage } from '../../scripts/images/build.ts'
import { isImageName } from '../../scripts/images/recipes/index.ts'
import { flagsOf } from './flags.ts'
import { measured } from './measure.ts'
import { scanOurs, workFolder } from './ours.ts'
import { foundIn, missingFrom } from './packages.ts'
import type { Found } from './packages.ts'
import { installedPeers, VERSIONS } from './peers.ts'
import { reasonOf } from './reasons.ts'

const MOST_TOLD = 5

const { peers: wantedPeers, names } = flagsOf(process.argv.slice(2))
const peers = installedPeers().filter(({ name }) => wantedPeers?.includes(name) ?? true)
const images = (names.length === 0 ? ['debian-min', 'polyglot'] : names).filter(isImageName)
const work = workFolder()
try {
  for (const name of images) await compare(await builtImage(name))
} finally {
  rmSync(work, { recursive: true, force: true })
}

async function compare(image: BuiltImage): Promise<void> {
  const output = join(work, 'ours.json')
  const run = await measured(scanOurs(`oci:${image.oci ?? ''}`, output, join(work, 'data')))
  if (run.exitCode !== 0) throw new Error(run.stderr)
  const ours = foundIn(readFileSync(output, 'utf8'))
  print(`${image.name}: stella finds ${counts(ours)}`)
  const missing = missingFrom(image.truth, ours)
  print(`  of what its package managers know: ${missing.length} missed`)
  for (const one of missing.slice(0, MOST_TOLD)) print(`    ${one}`)
  for (const peer of peers) {
    const place = join(work, `${peer.name}.json`)
    const form = peer.name === 'cdxgen' ? 'uncompressed' : 'gzip'
    const argv = await peer.command(image, form, place)
    if (argv === null) continue
    const { exitCode, stderr } = await measured(argv, peer)
    const title = `${peer.name} ${VERSIONS[peer.name]}`
    if (exitCode !== 0) {
      print(`  ${title} failed with ${exitCode}: ${stderr.trim().slice(-300)}`)
      continue
    }
    const theirs = foundIn(readFileSync(place, 'utf8'))
    print(
      `  ${title} finds ${counts(theirs)}; misses ${missingFrom(image.truth, theirs).length} of the truth`,
    )
    tell('only there', only(theirs, ours), (one) => reasonOf(one, theirs, ours))
    tell('only here', only(ours, theirs), () => null)
  }
}

function tell(title: string, names: readonly string[], why: (name: string) => string | null): void {
  const groups = new Map<string, string[]>()
  for (const name of names) {
    const isOurs = title === 'only here'
    const key = isOurs ? (name.split(' ')[0] ?? '') : (why(name) ?? 'UNEXPLAINED')
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [name])
    else group.push(name)
  }
  print(`    ${title}: ${names.length}`)
  for (const [key, all] of groups) {
    if (key === 'UNEXPLAINED') process.exitCode = 1
    const most = key === 'UNEXPLAINED' ? 100 : MOST_TOLD
    const more = all.length > most ? `, and ${all.length - most} more` : ''
    print(`      ${all.length} ${key}: ${all.slice(0, most).join(', ')}${more}`)
  }
}

function only(these: Found, those: Found): readonly string[] {
  return [...these.keys()].filter((name) => !those.has(name)).toSorted()
}

function counts(names: Found): string {
  const byType = new Map<string, number>()
  for (const name of names.keys()) {
    const type = name.split(' ')[0] ?? ''
    byType.set(type, (byType.get(type) ?? 0) + 1)
  }
  return [...byType]

    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([type, count]) => `${count} ${type}`)
    .join(', ')
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
