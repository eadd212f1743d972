import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundledPackages } from './scripts/lib/bundled.js'
import { bundledLock, noticesOf, packageFolders } from './scripts/lib/notices.js'
import { startFiles } from './scripts/lib/start-chunk.js'

const REPO = dirname(fileURLToPath(import.meta.url))

/** What `input` names, by its name. */
let entries = {}
/** @type {ReturnType<typeof startFiles> | null} */
let startFile = null

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
  preserveEntrySignatures: 'allow-extension',
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
    codeSplitting: {
      groups: [{ debugName: 'start', name: chunkOf }],
      // What they need is theirs already, or belongs to both.
      includeDependenciesRecursively: false,
    },
    minify: { compress: true, mangle: false, codegen: false },
  },
  plugins: [
    { name: 'entries', buildStart: ({ input }) => void (entries = input) },
    { name: 'database-engine', writeBundle: bringEngine },
    { name: 'database-seed', writeBundle: bringSeed },
    { name: 'licences', writeBundle: bringLicences },
  ],
}

function chunkOf(id, bundle) {
  const { cli, ...others } = entries
  const path = (entry) => join(REPO, entry)
  startFile ??= startFiles(bundle, path(cli), Object.values(others).map(path))
  return startFile(id)
}

/** What the engine reads beside its code. */
function bringEngine({ dir }) {
  const from = join(REPO, 'node_modules/@electric-sql/pglite/dist')
  for (const name of ['pglite.wasm', 'pglite.data', 'initdb.wasm']) {
    copyFileSync(join(from, name), join(dir, name))
  }
}

/** Whose work is bundled, and on what terms: their licences ask for it. */
function bringLicences({ dir }, bundle) {
  const modules = Object.values(bundle).flatMap(({ moduleIds = [] }) => moduleIds)
  // The page is built apart, and has nothing that is not imported here or there.
  const imported = bundledPackages(REPO).map((name) => join(REPO, 'node_modules', name, 'index.js'))
  const all = packageFolders([...modules, ...imported], REPO)
  writeFileSync(join(dir, 'THIRD_PARTY_NOTICES'), noticesOf(all))
  writeFileSync(join(dir, 'package-lock.json'), bundledLock(all, REPO))
}

/** An empty database, which is made once for each version of the engine, and of the script that makes it. */
function bringSeed({ dir }) {
  const modules = join(REPO, 'node_modules')
  const engine = join(modules, '@electric-sql/pglite/package.json')
  if (!existsSync(engine)) return
  const { version } = JSON.parse(readFileSync(engine, 'utf8'))
  const script = join(REPO, 'scripts/database-seed.js')
  const edition = createHash('sha256').update(readFileSync(script)).digest('hex').slice(0, 8)
  const cached = join(modules, '.cache/stella', `database-seed-${version}-${edition}.tar.gz`)
  if (!existsSync(cached)) {
    const { status } = spawnSync(process.execPath, ['--liftoff-only', script, cached], {
      stdio: ['ignore', 2, 2],
    })
    if (status !== 0) throw new Error(`the seed of the database cannot be made (${status})`)
  }
  copyFileSync(cached, join(dir, 'database-seed.tar.gz'))
}
