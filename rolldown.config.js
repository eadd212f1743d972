import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const REPO = dirname(fileURLToPath(import.meta.url))

/** @type {import('rolldown').RolldownOptions} */
export default {
  input: { cli: 'src/cli/main.ts' },
  platform: 'node',
  // It brings files of its own, and finds them beside itself.
  external: ['@electric-sql/pglite', 'pg-native'],
  transform: { target: 'es2022' },
  output: {
    dir: 'dist',
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
    cleanDir: true,
    minify: { compress: true, mangle: false, codegen: false },
  },
  plugins: [{ name: 'database-seed', writeBundle: bringSeed }],
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
