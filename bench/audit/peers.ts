/**
 * Other linters, for the benchmarks beside this file: `node bench/audit/peers.ts` installs them with the clients of their
 * languages into a folder of the cache, outside of the repository. What is not there is left out by the benchmarks.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cacheFolder } from '../../scripts/lib/cache.ts'

const CACHE = cacheFolder('audit-peers')

interface Peer {
  name: string
  program: string
  install: readonly (readonly [command: string, ...args: string[]])[]
}

const PEERS: readonly Peer[] = [
  {
    name: 'kube-score',
    program: join(CACHE, 'bin', 'kube-score'),
    install: [['go', 'install', 'github.com/zegl/kube-score/cmd/kube-score@v1.20.0']],
  },
  {
    name: 'kube-linter',
    program: join(CACHE, 'bin', 'kube-linter'),
    install: [['go', 'install', 'golang.stackrox.io/kube-linter/cmd/kube-linter@latest']],
  },
  {
    name: 'dclint',
    program: join(CACHE, 'npm', 'node_modules', '.bin', 'dclint'),
    install: [['npm', 'install', '--silent', '--prefix', join(CACHE, 'npm'), 'dclint@3.1.0']],
  },
  {
    name: 'checkov',
    program: join(CACHE, 'checkov', 'bin', 'checkov'),
    install: [
      ['python3', '-m', 'venv', join(CACHE, 'checkov')],
      [join(CACHE, 'checkov', 'bin', 'pip'), 'install', '--quiet', 'checkov==3.3.30'],
    ],
  },
]

/** The path of an installed linter; null where it is not there. */
export function peer(name: string): string | null {
  const program = PEERS.find((known) => known.name === name)?.program
  return program !== undefined && existsSync(program) ? program : null
}

function install({ name, program, install: commands }: Peer): void {
  const env = { ...process.env, GOBIN: join(CACHE, 'bin') }
  for (const [command, ...args] of existsSync(program) ? [] : commands) {
    const { status } = spawnSync('nice', [command, ...args], { env, stdio: 'inherit' })
    if (status !== 0) break
  }
  process.stdout.write(`${name}: ${existsSync(program) ? program : 'is not to be had here'}\n`)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) for (const each of PEERS) install(each)
