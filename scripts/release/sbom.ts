/** What a release is made of, as stella itself sees it. */
import { cpSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { FEW_WORDS } from '../images/config.ts'
import { must } from '../lib/exec.ts'
import { LAUNCHER } from '../lib/repo.ts'
import { layer, writeArchive } from './pack.ts'

/** The ends of the names of documents, by their formats. */
const FORMATS = { cyclonedx: 'cdx.json', spdx: 'spdx.json' } as const

/** Writes one document of each format beside an archive of an image, and gives back their names. */
export async function writeSboms(
  archive: { folder: string; name: string },
  documents: { folder: string; name: string },
  epoch: number,
): Promise<string[]> {
  const names: string[] = []
  for (const [format, end] of Object.entries(FORMATS)) {
    const name = `${documents.name}.${end}`
    const output = [`--format=${format}`, `--output=${join(documents.folder, name)}`, '--quiet']
    // Records of other scans are left alone, and say nothing here.
    const data = [`--data=${join(archive.folder, 'sbom-data')}`, '--here']
    const words = ['scan', 'image', `oci-archive:${archive.name}`, ...output, ...data]
    const env = { ...process.env, SOURCE_DATE_EPOCH: String(epoch) }
    await must(LAUNCHER, words, { cwd: archive.folder, env })
    names.push(name)
  }
  return names
}

/** What is packed for npm, as an image: the scanner reads nothing else. */
export async function writePackageAsImage(
  staged: string,
  archive: string,
  epoch: number,
): Promise<void> {
  const work = dirname(archive)
  const packing = { epoch, owner: '0', member: '.' }
  const only = await layer(work, 'stella', packing, (root) => {
    cpSync(staged, join(root, 'stella'), { recursive: true })
  })
  await writeArchive(archive, [only], { ...FEW_WORDS, name: 'stella', created: epoch }, work)
}
