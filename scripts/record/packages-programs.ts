/**
 * Records programs that Go and Rust build, and beside each what `go version -m` or cargo says of it:
 * `node scripts/record/packages-programs.ts`. Needs go, cargo, and `cargo install cargo-auditable`; where Debian's older
 * Go is in /usr/lib/go-1.19, also a program of that. Writes fixtures/packages/CATALOGER/; takes some minutes.
 *
 * Programs are megabytes: what their cataloger does not read of them is written as zeros, and the whole is compressed.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Cataloger, RandomFile } from '../../src/sbom/cataloger.ts'
import { goBinary } from '../../src/sbom/catalogers/go-binary.ts'
import { rustBinary } from '../../src/sbom/catalogers/rust-binary.ts'
import { inMemory, memoryScratch } from '../../test/support/cataloged.ts'
import { must, words } from '../lib/exec.ts'
import { REPO } from '../lib/repo.ts'

const FIXTURES = join(REPO, 'fixtures/packages')
const OLDER_GO = '/usr/lib/go-1.19/bin/go'

/** A program with a dependency, one replaced by another module, and one replaced by a folder. */
const GO_FILES: Readonly<Record<string, string>> = {
  'go.mod': `module example.com/Shop/sample/v2

go 1.18

require (
	example.com/plain v1.2.3
	example.com/forked v0.4.0
	example.com/local v1.0.0
)

replace example.com/forked => example.org/fork/forked v0.4.1-0.20240501123456-0123456789ab

replace example.com/local => ./local
`,
  'main.go': `package main

import (
	"example.com/forked"
	"example.com/Shop/sample/v2/release"
	"example.com/local"
	"example.com/plain"
)

var version string

func main() { println(version, release.Version, plain.Word, forked.Word, local.Word) }
`,
  'release/release.go': 'package release\n\nvar Version string\n',
  'local/go.mod': 'module example.com/local\n',
  'local/local.go': 'package local\n\nconst Word = "local"\n',
  'vendor/example.com/local/local.go': 'package local\n\nconst Word = "local"\n',
  'vendor/example.com/plain/plain.go': 'package plain\n\nconst Word = "plain"\n',
  'vendor/example.com/forked/forked.go': 'package forked\n\nconst Word = "forked"\n',
  'vendor/modules.txt': `# example.com/forked v0.4.0 => example.org/fork/forked v0.4.1-0.20240501123456-0123456789ab
## explicit
example.com/forked
# example.com/local v1.0.0 => ./local
## explicit
example.com/local
# example.com/plain v1.2.3
## explicit
example.com/plain
# example.com/forked => example.org/fork/forked v0.4.1-0.20240501123456-0123456789ab
# example.com/local => ./local
`,
}

interface GoCase {
  name: string
  system: string
  architecture: string
  flags?: readonly string[]
  go?: string
  /** In a repository of git, so that Go stamps the commit. */
  isStamped?: true
}

const GO_CASES: readonly GoCase[] = [
  { name: 'linux-amd64', system: 'linux', architecture: 'amd64' },
  {
    name: 'stripped',
    system: 'linux',
    architecture: 'amd64',
    flags: ['-ldflags', '-s -w -X "main.version=1.7.0"'],
  },
  {
    name: 'trimmed',
    system: 'linux',
    architecture: 'amd64',
    flags: ['-trimpath', '-ldflags', '-X example.com/Shop/sample/v2/release.Version=v1.8.0'],
  },
  { name: 'linux-386', system: 'linux', architecture: '386' },
  { name: 'big-endian', system: 'linux', architecture: 's390x' },
  { name: 'windows', system: 'windows', architecture: 'amd64' },
  { name: 'macos', system: 'darwin', architecture: 'arm64' },
  { name: 'tagged', system: 'linux', architecture: 'amd64', isStamped: true },
  { name: 'go-1.19', system: 'linux', architecture: 'amd64', isStamped: true, go: OLDER_GO },
]

const folder = mkdtempSync('/var/tmp/stella-programs-')
try {
  const sources = join(folder, 'go')
  writeAll(sources, GO_FILES)
  for (const one of GO_CASES) {
    if (one.go === undefined || existsSync(one.go)) await recordGo(sources, one)
  }
  await recordRust(join(folder, 'rust'))
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function recordGo(sources: string, one: GoCase): Promise<void> {
  if (one.isStamped && !existsSync(join(sources, '.git'))) {
    const git = (args: string): Promise<string> =>
      must('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...words(args)], {
        cwd: sources,
        env: { ...process.env, GIT_COMMITTER_DATE: '2024-05-01T12:34:56Z' },
      })
    await git('init -q')
    await git('add -A')
    await git('commit -q -m first')
    await git('tag v2.5.1')
  }
  const program = join(folder, one.name)
  const stamp = one.isStamped ? '-buildvcs=true' : '-buildvcs=false'
  await must(
    one.go ?? 'go',
    ['build', '-mod=vendor', stamp, ...(one.flags ?? []), '-o', program, '.'],
    {
      cwd: sources,
      env: {
        ...process.env,
        GOOS: one.system,
        GOARCH: one.architecture,
        CGO_ENABLED: '0',
        GOFLAGS: '',
        GOTOOLCHAIN: 'local',
        GOROOT: undefined,
      },
    },
  )
  const said = await must('go', ['version', '-m', program])
  write(`go-binary/${one.name}.txt`, said.replace(`${program}: `, ''))
  write(`go-binary/${one.name}.gz`, gzipSync(await needed(goBinary, program), { level: 9 }))
}

async function recordRust(sources: string): Promise<void> {
  writeAll(sources, {
    'Cargo.toml': `[package]
name = "sample"
version = "0.3.1"
edition = "2021"

[dependencies]
itoa = "=1.0.11"

[build-dependencies]
autocfg = "=1.3.0"

[profile.release]
strip = true
`,
    'build.rs': 'fn main() { autocfg::new(); }\n',
    'src/main.rs': 'fn main() { print!("{}", itoa::Buffer::new().format(1)) }\n',
  })
  await must('cargo', words('auditable build --release --quiet'), { cwd: sources })
  const tree = words('tree --edges normal --prefix none --format {p}')
  write(
    'rust-binary/auditable.txt',
    (await must('cargo', tree, { cwd: sources })).replaceAll(/ \(.*/g, ''),
  )
  const program = join(sources, 'target/release/sample')
  write('rust-binary/auditable.gz', gzipSync(await needed(rustBinary, program), { level: 9 }))
}

/** The program with nothing but what its cataloger reads. */
async function needed(cataloger: Cataloger, path: string): Promise<Uint8Array> {
  const bytes = readFileSync(path)
  const kept = new Uint8Array(bytes.length)
  const whole = inMemory(path, bytes)
  const watched: RandomFile = {
    ...whole,
    read(offset, length) {
      const read = whole.read(offset, length)
      kept.set(read, offset)
      return read
    },
  }
  if (cataloger.reads !== 'anywhere') throw new Error(`${cataloger.id} does not read programs`)
  let count = 0
  for await (const found of cataloger.catalog(watched, memoryScratch)) {
    count += found.kind === 'package' ? 1 : 0
  }
  if (count === 0) throw new Error(`${cataloger.id} finds nothing in ${path}`)
  return kept
}

function writeAll(into: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(into, path)), { recursive: true })
    writeFileSync(join(into, path), text)
  }
}

function write(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(join(FIXTURES, path)), { recursive: true })
  writeFileSync(join(FIXTURES, path), content)
}
