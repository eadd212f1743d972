/**
 * Makes everything that a release consists of, and publishes nothing: `node scripts/release.ts --url BASE [--dry-run] [--out DIR]`.
 * BASE is the address that the files will lie below. With `--dry-run` (`npm run release:dry`) a tree that may not be released yet is
 * packed as well, and told. The same tree gives the same bytes, as long as Debian has the same packages for the base of the image.
 */
import { createHash } from 'node:crypto'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { VERSION } from '../src/app/version.ts'
import { readArguments } from './lib/arguments.ts'
import { must } from './lib/exec.ts'
import { REPO } from './lib/repo.ts'
import { releaseProblems } from './release/check.ts'
import { writeImage } from './release/image.ts'
import { krewManifest } from './release/krew.ts'
import { writePackageAsImage, writeSboms } from './release/sbom.ts'
import { addNode, packStaged, stageGuard, stageProgram } from './release/stage.ts'

const { values } = readArguments({
  options: {
    url: { type: 'string' },
    out: { type: 'string', default: join(REPO, 'release') },
    'dry-run': { type: 'boolean', default: false },
  },
})
const isDry = values['dry-run']
const url = values.url ?? (isDry ? 'https://example.com/stella' : '')
const git = (...words: string[]): Promise<string> => must('git', words, { cwd: REPO })
const { version: guardVersion } = JSON.parse(readText('guard/package.json'))
const problems = releaseProblems({
  version: VERSION,
  guardVersion,
  changelog: readText('CHANGELOG.md'),
  status: await git('status', '--porcelain'),
})
for (const problem of problems)
  console.error(`${isDry ? 'not yet to be released' : 'no release'}: ${problem}`)
if (!url.startsWith('https://')) {
  console.error('no release: --url says where its files will lie, as in https://HOST/PATH')
  process.exit(2)
}
if (!isDry && problems.length > 0) process.exit(1)

// What others make may be neither too open nor too closed in one of two releases.
process.umask(0o022)
const out = resolve(values.out)
const work = mkdtempSync(join(tmpdir(), 'stella-release-'))
try {
  const revision = (await git('rev-parse', 'HEAD')).trim()
  const ofCommit = (await git('log', '-1', '--format=%ct')).trim()
  const epoch = Number(process.env['SOURCE_DATE_EPOCH'] ?? ofCommit)
  await make({ version: VERSION, revision, epoch })
} finally {
  rmSync(work, { recursive: true, force: true })
}

async function make(release: { version: string; revision: string; epoch: number }): Promise<void> {
  const { version, epoch } = release
  rmSync(out, { recursive: true, force: true })
  mkdirSync(out, { recursive: true })
  const npm = `stella-${version}.tgz`
  const withNode = `stella-${version}-linux-x64.tgz`
  const guard = `stella-guard-${version}.tgz`
  const image = `stella-${version}-image-linux-x64.tar`
  const staged = join(work, 'stella')
  const file = (name: string): string => join(out, name)

  console.log('builds')
  await must('npm', ['run', '--silent', 'build'], { cwd: REPO })
  await stageProgram(staged)
  await packStaged(staged, file(npm))
  await stageGuard(join(work, 'guard'))
  await packStaged(join(work, 'guard'), file(guard))
  console.log('makes the image')
  await writeImage(staged, file(image), release, work)
  copyFileSync(file(image), join(work, image))
  await writePackageAsImage(staged, join(work, npm), epoch)
  console.log('lists what is in them')
  const sboms = [
    ...(await writeSboms({ folder: work, name: image }, { folder: out, name: image }, epoch)),
    ...(await writeSboms({ folder: work, name: npm }, { folder: out, name: npm }, epoch)),
  ]
  addNode(staged)
  await packStaged(staged, file(withNode))
  const archive = (name: string): { file: string; uri: string } => ({
    file: file(name),
    uri: `${url}/${name}`,
  })
  writeFileSync(
    file('stella.yaml'),
    krewManifest(version, { amd64: archive(withNode), arm64: archive(npm) }),
  )
  const names = [npm, withNode, guard, image, 'stella.yaml', ...sboms].toSorted()
  const sums = names.map((name) => {
    const sum = createHash('sha256')
      .update(readFileSync(file(name)))
      .digest('hex')
    return `${sum}  ${name}\n`
  })
  writeFileSync(file('SHA256SUMS'), sums.join(''))
  process.stdout.write(sums.join(''))
  console.log(`lies in ${out}; nothing is published`)
}

function readText(path: string): string {
  return readFileSync(join(REPO, path), 'utf8')
}
