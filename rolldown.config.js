import { spawnSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const REPO = dirname(fileURLToPath(import.meta.url))

/** @type {import('rolldown').RolldownOptions} */
export default {
  input: {
    cli: 'src/cli/main.ts',
    scanner: 'src/app/scan/library.ts',
    // Programs and threads of their own, which are started by their file.
    'make-folder': 'src/store/database/make-folder.ts',
    'layer-thread': 'src/image/layer/thread.ts',
    'scan-worker': 'src/app/scanner/worker.ts',
    'pressure-allocator': 'src/pressure/programs/allocator.ts',
    'pressure-keeper': 'src/pressure/programs/keeper.ts',
    'lab-workload': 'src/labs/workload/main.ts',
  },
  platform: 'node',
  external: ['pg-native'],
  // The embedded database was compiled by Emscripten, which writes them.
  checks: { eval: false },
  transform: { target: 'es2022' },
  // Of the client of Kubernetes we take what reads kubeconfigs and lets us in; its 700 models of objects fall away.
  treeshake: { moduleSideEffects: (id) => !id.includes('/@kubernetes/client-node/') },
  output: {
    dir: 'dist',
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
    cleanDir: true,
    minify: { compress: true, mangle: false, codegen: false },
  },
  plugins: [
    { name: 'database-engine', writeBundle: bringEngine },
    { name: 'database-seed', writeBundle: bringSeed },
    { name: 'licences', writeBundle: bringLicences },
  ],
}

/** What the engine reads beside its code. */
function bringEngine() {
  const from = join(REPO, 'node_modules/@electric-sql/pglite/dist')
  for (const name of ['pglite.wasm', 'pglite.data', 'initdb.wasm']) {
    copyFileSync(join(from, name), join(REPO, 'dist', name))
  }
}

/** Whose work is bundled, and on what terms: their licences ask for it. */
function bringLicences(_, bundle) {
  const modules = Object.values(bundle).flatMap(({ moduleIds = [] }) => moduleIds)
  const folders = modules.flatMap(
    (id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id)?.[0] ?? [],
  )
  const page = ['preact', 'uplot'].map((name) => join(REPO, 'node_modules', name))
  const texts = [...new Set([...folders, ...page])].toSorted(byUnits).map((folder) => {
    const { name, version, license } = JSON.parse(
      readFileSync(join(folder, 'package.json'), 'utf8'),
    )
    const file = readdirSync(folder).find((entry) => /^(?:licen[cs]e|copying)/i.test(entry))
    const text = file === undefined ? '' : `\n${readFileSync(join(folder, file), 'utf8').trim()}\n`
    return `${name} ${version}: ${license}\n${text}`
  })
  writeFileSync(join(REPO, 'dist/THIRD-PARTY-LICENSES.txt'), texts.join(`\n${'-'.repeat(80)}\n`))
}

/** An empty database, which is made once for each version of the engine. */
function bringSeed() {
  const modules = join(REPO, 'node_modules')
  const engine = join(modules, '@electric-sql/pglite/package.json')
  if (!existsSync(engine)) return
  const { version } = JSON.parse(readFileSync(engine, 'utf8'))
  const cached = join(modules, '.cache/stella', `database-seed-${version}.tar.gz`)
  if (!existsSync(cached)) {
    const script = join(REPO, 'scripts/database-seed.js')
    const { status } = spawnSync(process.execPath, ['--liftoff-only', script, cached], {
      stdio: ['ignore', 2, 2],
    })
    if (status !== 0) throw new Error(`the seed of the database cannot be made (${status})`)
  }
  mkdirSync(join(REPO, 'dist'), { recursive: true })
  copyFileSync(cached, join(REPO, 'dist/database-seed.tar.gz'))
}

function byUnits(one, other) {
  return one < other ? -1 : 1
}
