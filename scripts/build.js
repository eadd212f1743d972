// Builds dist/: beside the one that is there, and puts it in its place when it is whole, so that what runs from it goes on running.
// Plain JavaScript, for it runs with the Node that npm runs with.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const REPO = dirname(dirname(fileURLToPath(import.meta.url)))
const DIST = join(REPO, 'dist')
/** Others may build at the same time. */
const TRIES = 5
/** Whatever it is where this is run: for development the page would be larger, and name the folders of this machine. */
const ENV = { ...process.env, NODE_ENV: 'production' }

const beside = join(REPO, `.dist-${process.pid}`)
const before = `${beside}-before`
try {
  dropAbandoned()
  bundle()
  putInPlace(TRIES)
} catch (error) {
  console.error(`stella is not built: ${error.message}`)
  process.exitCode = 1
} finally {
  for (const folder of [beside, before]) rmSync(folder, { recursive: true, force: true })
}

function bundle() {
  run('rolldown', '-c', 'rolldown.config.js', '--log-level', 'warn', '--dir', beside)
  const page = ['--outDir', join(beside, 'web'), '--emptyOutDir']
  run('vite', 'build', '-c', 'web/vite.config.js', '--logLevel', 'warn', ...page)
}

function run(program, ...args) {
  const { status, error } = spawnSync(program, args, { cwd: REPO, env: ENV, stdio: 'inherit' })
  if (status !== 0) throw new Error(`${program} fails: ${error?.message ?? `exit ${status}`}`)
}

function putInPlace(tries) {
  try {
    if (existsSync(DIST)) renameSync(DIST, before)
    renameSync(beside, DIST)
  } catch (error) {
    // Where another one was quicker, its build goes; where nobody was, what was there comes back.
    if (existsSync(before) && !existsSync(DIST)) renameSync(before, DIST)
    else rmSync(before, { recursive: true, force: true })
    if (tries <= 1) throw error
    putInPlace(tries - 1)
  }
}

/** What builds that were killed have left. */
function dropAbandoned() {
  for (const name of readdirSync(REPO)) {
    const pid = /^\.dist-(\d+)/.exec(name)?.[1]
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) {
      rmSync(join(REPO, name), { recursive: true, force: true })
    }
  }
}
