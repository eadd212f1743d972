// On what terms the packages are given whose code the build bundles. Plain JavaScript, for the build of a checkout needs it.
import { readFileSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'

/** Licences that let us hand a package on with nothing but their text. The last two are of lists of names. */
const PERMITTED = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT'].concat(
  'CC-BY-3.0',
  'CC0-1.0',
)
const LICENCES = join(import.meta.dirname, 'licences')
/** What packages hold of others without saying so: this one is PostgreSQL, compiled. */
const WITHIN = new Map([['@electric-sql/pglite', 'PostgreSQL']])
/** A text that is the same for everybody; those of others name whose work it is. */
const STANDARD = new Map([['Apache-2.0', join(import.meta.dirname, '../../LICENSE')]])

/** The folders of the packages that these modules are of, each once, in the order of their places. */
export function packageFolders(moduleIds, repo) {
  const byPlace = new Map()
  for (const id of moduleIds) {
    const [folder] = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id) ?? []
    if (folder === undefined) continue
    const place = placeOf(folder, repo)
    if (!byPlace.has(place)) byPlace.set(place, folder)
  }
  const places = [...byPlace.keys()].toSorted((a, b) => (a < b ? -1 : 1))
  return places.map((place) => byPlace.get(place))
}

/** Below the repository, also where its packages lie in a folder of their own for the time of a build. */
function placeOf(folder, repo) {
  const path = relative(repo, folder)
  return path.slice(path.indexOf('node_modules/'))
}

/**
 * The texts that go with them.
 *
 * @throws where one has a licence that is not permitted, or no text of it
 */
export function noticesOf(folders) {
  const texts = folders.map((folder) => {
    const { name, version, license } = packageIn(folder)
    if (!PERMITTED.includes(license)) {
      throw new Error(
        `${name} ${version} is bundled and has the licence ${license}: do without it, or add it to PERMITTED of scripts/lib/notices.js`,
      )
    }
    const within = WITHIN.get(name)
    const more =
      within === undefined
        ? ''
        : `\nIt holds ${within}:\n\n${readFileSync(join(LICENCES, `${within}.txt`), 'utf8')}`
    return `${name} ${version}: ${license}\n\n${textIn(folder, license)}\n${more}`
  })
  return texts.join(`\n${'-'.repeat(80)}\n\n`)
}

/** The same as a lock file of npm, which is how programs that list packages find them in an image. */
export function bundledLock(folders, repo) {
  const packages = folders.map((folder) => {
    const { name, version, license } = packageIn(folder)
    return [placeOf(folder, repo), { name, version, license }]
  })
  const lock = { name: 'stella', lockfileVersion: 3, packages: Object.fromEntries(packages) }
  return `${JSON.stringify(lock, null, 2)}\n`
}

function packageIn(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
}

/** Its file, else what its README says of it, else what everybody says. */
function textIn(folder, license) {
  const names = readdirSync(folder)
  const file = names.find((name) => /^(?:licen[cs]e|copying)/i.test(name))
  if (file !== undefined) return readFileSync(join(folder, file), 'utf8').trim()
  const standard = STANDARD.get(license)
  if (standard !== undefined) return readFileSync(standard, 'utf8').trim()
  const readme = names.find((name) => /^readme/i.test(name))
  const chapter = readme && chapterOfLicence(readFileSync(join(folder, readme), 'utf8'))
  if (!chapter) {
    throw new Error(`${folder} is bundled, and has no text of its licence (${license})`)
  }
  return chapter
}

/** To the next heading that is not below it. */
function chapterOfLicence(readme) {
  const [, level, chapter] = /^(#+) (?:[^\n]* )?licen[cs](?:e|ing)\n([^]*)/im.exec(readme) ?? []
  return chapter?.split(new RegExp(`^#{1,${level.length}} `, 'm'))[0]?.trim()
}
