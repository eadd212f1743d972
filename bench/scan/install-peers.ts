/**
 * Installs the scanners that the benches compare with, in the cache: `node bench/scan/install-peers.ts`
 * Syft and Trivy are built from their Go modules, the others come from npm. What cannot be had is said, and left out.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { exec } from '../../scripts/lib/exec.ts'
import { PEERS_FOLDER, VERSIONS } from './peers.ts'

interface GoProgram {
  name: 'syft' | 'trivy'
  module: string
  main: string
  versionVariable: string
  /** Versions of modules that the proxy has, in place of such that it has not. */
  replaced: Readonly<Record<string, string>>
}

const GO_PROGRAMS: readonly GoProgram[] = [
  {
    name: 'syft',
    module: 'github.com/anchore/syft',
    main: 'github.com/anchore/syft/cmd/syft',
    versionVariable: 'main.version',
    replaced: {
      'github.com/docker/cli': 'v29.9.1+incompatible',
      'github.com/github/go-spdx/v2': 'v2.7.0',
      'github.com/google/pprof': 'v0.0.0-20250630185457-6e76a2b096b5',
    },
  },
  {
    name: 'trivy',
    module: 'github.com/aquasecurity/trivy',
    main: 'github.com/aquasecurity/trivy/cmd/trivy',
    versionVariable: 'github.com/aquasecurity/trivy/pkg/version/app.ver',
    replaced: {},
  },
]

const GO_ENVIRONMENT = {
  ...process.env,
  GOPATH: join(PEERS_FOLDER, 'go'),
  GOCACHE: join(PEERS_FOLDER, 'gocache'),
  GOFLAGS: '-modcacherw -mod=mod',
  // Trivy is written for the coming package of JSON.
  GOEXPERIMENT: 'jsonv2',
  CGO_ENABLED: '0',
}

for (const program of GO_PROGRAMS) tell(program.name, await buildGo(program))
makeJavaDatabase()
tell('snyk-docker-plugin and cdxgen', await installNpm())

function tell(name: string, problem: string | null): void {
  process.stdout.write(`${name}: ${problem === null ? 'installed' : `not to be had: ${problem}`}\n`)
}

/** Gives what went wrong. */
async function buildGo(program: GoProgram): Promise<string | null> {
  const { name, module, main, versionVariable, replaced } = program
  const cwd = join(PEERS_FOLDER, `${name}-build`)
  mkdirSync(cwd, { recursive: true })
  const replaces = Object.entries(replaced).map(
    ([path, version]) => `replace ${path} => ${path} ${version}\n`,
  )
  const version = VERSIONS[name]
  writeFileSync(
    join(cwd, 'go.mod'),
    `module build\n\ngo 1.26\n\nrequire ${module} v${version}\n\n${replaces.join('')}`,
  )
  writeFileSync(join(cwd, 'build.go'), `//go:build never\n\npackage build\n\nimport _ "${main}"\n`)
  // What is missing may be needed on other systems only.
  await exec('go', ['mod', 'tidy', '-e'], { cwd, env: GO_ENVIRONMENT })
  const built = await exec(
    'go',
    [
      'build',
      '-trimpath',
      '-ldflags',
      `-s -w -X ${versionVariable}=${version}`,
      '-o',
      join(PEERS_FOLDER, 'bin', name),
      main,
    ],
    { cwd, env: GO_ENVIRONMENT },
  )
  return built.exitCode === 0 ? null : lastLines(built.stderr)
}

/** Trivy reads no jars without a database of jars by their checksums, which only its own registry has: an empty one. */
function makeJavaDatabase(): void {
  const folder = join(PEERS_FOLDER, 'trivy-cache/java-db')
  mkdirSync(folder, { recursive: true })
  const database = new DatabaseSync(join(folder, 'trivy-java.db'))
  database.exec(`
    CREATE TABLE IF NOT EXISTS artifacts (id INTEGER PRIMARY KEY, group_id TEXT, artifact_id TEXT);
    CREATE TABLE IF NOT EXISTS indices (artifact_id INTEGER, version TEXT, sha1 BLOB, archive_type TEXT);
  `)
  database.close()
  const later = new Date(Date.now() + 10 * 365 * 86_400_000).toISOString()
  const metadata = { Version: 1, NextUpdate: later, UpdatedAt: later, DownloadedAt: later }
  writeFileSync(join(folder, 'metadata.json'), JSON.stringify(metadata))
}

async function installNpm(): Promise<string | null> {
  const cwd = join(PEERS_FOLDER, 'npm')
  mkdirSync(cwd, { recursive: true })
  const manifest = {
    private: true,
    dependencies: {
      'snyk-docker-plugin': VERSIONS['snyk-docker-plugin'],
      '@cyclonedx/cdxgen': VERSIONS.cdxgen,
    },
    // The version that it asks for is not in every mirror.
    overrides: { shescape: '2.1.12' },
  }
  writeFileSync(join(cwd, 'package.json'), JSON.stringify(manifest, null, 2))
  const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--legacy-peer-deps']
  const done = await exec('npm', args, { cwd })
  return done.exitCode === 0 ? null : lastLines(done.stderr)
}

function lastLines(text: string): string {
  return text.trim().split('\n').slice(-5).join('\n')
}
