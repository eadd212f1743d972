/** The image of deploy/image, built by its own file on a base that is made of this machine's files. */
import { execFile } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { MIB } from '../../src/model/bytes.ts'
import type { TestDocker } from './docker.ts'
import { run } from './testbed.ts'
import { openWayOut } from './way-out.ts'

const REPO = fileURLToPath(new URL('../..', import.meta.url))
const BASE = 'stella-test/node-base'
const NPM = '/usr/lib/node_modules/npm'
const GLIBC = globSync('/usr/lib/x86_64-linux-gnu/{librt,libutil,libresolv,libanl,libgcc_s}.so.*')
const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt'

const KEEP_NODE =
  "fs.mkdirSync('/usr/local/bin', { recursive: true }); fs.copyFileSync(process.execPath, '/usr/local/bin/node'); fs.chmodSync('/usr/local/bin/node', 0o755)"

/** What the official image of Node has, as far as our file uses it: Node, npm, bash and a shell. */
export async function deployBase(docker: TestDocker): Promise<string> {
  const image = await docker.image({
    name: 'stella-test/node-npm',
    // Native parts of the tools that build want more of glibc than Node does.
    files: [process.execPath, NPM, '/bin/bash', CERTIFICATES, ...GLIBC],
    links: {
      'usr/bin/node': process.execPath,
      'usr/bin/npm': `${NPM}/bin/npm-cli.js`,
    },
  })
  const file = [
    `FROM ${image}`,
    // Where this repository lies, a container may have a tmpfs of its own.
    `RUN ["node", "-e", ${JSON.stringify(KEEP_NODE)}]`,
    `ENV NODE_EXTRA_CA_CERTS=${CERTIFICATES} PATH=/usr/local/bin:/usr/bin:/bin`,
  ].join('\n')
  run(['docker', 'build', '--tag', BASE, '-'], { env: docker.env, input: file })
  return BASE
}

/** Builds it, which takes a minute, and gives its name. */
export async function stellaImage(docker: TestDocker): Promise<string> {
  const base = await deployBase(docker)
  const { version }: { version: string } = JSON.parse(readFileSync(`${REPO}package.json`, 'utf8'))
  const name = `stella-test/stella:${version}`
  const way = await openWayOut()
  try {
    const options = ['--file', `${REPO}deploy/image/Dockerfile`, '--tag', name]
    const bases = [`--build-arg=NODE=${base}`, `--build-arg=BASE=${base}`]
    const args = [...bases, `--build-arg=VERSION=${version}`, ...way.options]
    // Not `run`, which holds up this process: the way out goes through it.
    await promisify(execFile)('docker', ['build', ...options, ...args, REPO], {
      env: { ...process.env, ...docker.env },
      timeout: 600_000,
      maxBuffer: 64 * MIB,
    })
    return name
  } finally {
    way.close()
  }
}
