import { spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { cacheFolder } from '../../scripts/lib/cache.ts'

/** What services take against running out of memory today, beside a store that bounds nothing. */
const VERSIONS = {
  '@fastify/cookie': '11.1.5',
  '@fastify/session': '11.1.3',
  '@fastify/under-pressure': '9.2.0',
  express: '5.3.0',
  'express-session': '1.19.0',
  fastify: '5.12.8',
  memorystore: '1.6.8',
  pm2: '7.0.4',
}

const FOLDER = cacheFolder('guard-peers')

/** Installs them once, outside of the repository. */
export function installPeers(): void {
  if (existsSync(join(FOLDER, 'node_modules/pm2'))) return
  const manifest = { private: true, dependencies: VERSIONS }
  writeFileSync(join(FOLDER, 'package.json'), JSON.stringify(manifest, null, 2))
  const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund']
  const { status } = spawnSync('npm', args, { cwd: FOLDER, stdio: ['ignore', 2, 2] })
  if (status !== 0) throw new Error(`npm cannot install the peers in ${FOLDER}`)
}

export const requirePeer = createRequire(join(FOLDER, 'package.json'))

export const PM2 = join(FOLDER, 'node_modules/.bin/pm2-runtime')
