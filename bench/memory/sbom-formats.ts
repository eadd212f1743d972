/**
 * That memory does not grow with the packages of an SBOM: `node bench/memory/sbom-formats.ts [PACKAGES]`
 * Each format writes a document in a process of its own, to nowhere. Packages are made up as they are asked for: each has two
 * places, and one in ten a licence that no other has. Ten times on the way all garbage is collected, and what is left is
 * counted; the most that was resident is the kernel's figure, and includes Node and its reader of TypeScript (85 MiB).
 */
import { spawnSync } from 'node:child_process'
import { openSync, writeSync } from 'node:fs'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { packageTable } from '../../src/cli/render/packages.ts'
import { PLAIN } from '../../src/cli/render/paint.ts'
import { MIB } from '../../src/model/bytes.ts'
import { PACKAGE_TYPES } from '../../src/model/package.ts'
import type { SbomDocument, SbomFormat, SbomPackage } from '../../src/sbom/document.ts'
import { SBOM_FORMATS } from '../../src/sbom/formats/index.ts'
import { purlOf } from '../../src/sbom/purl.ts'

const FORMATS: Record<string, SbomFormat> = {
  ...SBOM_FORMATS,
  table: (document) => packageTable(document, { width: 120, paint: PLAIN }),
}
/** What may be added between the first half of the packages and the second. */
const GROWTH_BAR_MIB = 1
const RESIDENT_BAR_MIB = 128
/** By itself V8 lets garbage of this kind grow to 64 MiB before it looks. */
const FLAGS = ['--expose-gc', '--max-semi-space-size=2']
const LAYER = `sha256:${'0123456789abcdef'.repeat(4)}`

const [first = '1000000', second] = process.argv.slice(2)
if (second === undefined) startEach(Number(first))
else await write(second, Number(first))

function startEach(count: number): void {
  process.stdout.write(`${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}\n`)
  for (const format of Object.keys(FORMATS)) {
    const argv = [...FLAGS, fileURLToPath(import.meta.url), String(count), format]
    const { stdout, stderr, status } = spawnSync(process.execPath, argv, { encoding: 'utf8' })
    process.stdout.write(`${stdout}${stderr}`)
    if (status !== 0) process.exitCode = 1
  }
}

async function write(name: string, count: number): Promise<void> {
  const format = FORMATS[name]
  if (format === undefined) throw new Error(`there is no format ${name}`)
  const nowhere = openSync('/dev/null', 'w')
  const liveMib: number[] = []
  const document = documentOf(count, () => {
    globalThis.gc?.()
    liveMib.push(process.memoryUsage().heapUsed / MIB)
  })
  const started = performance.now()
  let bytes = 0
  for await (const piece of format(document)) bytes += writeSync(nowhere, piece)
  const seconds = (performance.now() - started) / 1_000
  const residentMib = process.resourceUsage().maxRSS / 1024
  const half = Math.floor(liveMib.length / 2)
  const growthMib = Math.max(...liveMib.slice(half)) - Math.max(...liveMib.slice(0, half))
  process.stdout.write(
    `${name}: ${count} packages, ${(bytes / MIB).toFixed(0)} MiB of text in ${seconds.toFixed(1)} s; ` +
      `${Math.max(...liveMib).toFixed(1)} MiB live at most, the second half adds ${growthMib.toFixed(1)} MiB ` +
      `(bar ${GROWTH_BAR_MIB} MiB); ${residentMib.toFixed(0)} MiB resident (bar ${RESIDENT_BAR_MIB} MiB)\n`,
  )
  process.exitCode = growthMib < GROWTH_BAR_MIB && residentMib < RESIDENT_BAR_MIB ? 0 : 1
}

function documentOf(count: number, look: () => void): SbomDocument {
  return {
    subject: {
      name: 'registry.example/many:1',
      manifestDigest: LAYER,
      configDigest: LAYER,
      platform: { os: 'linux', architecture: 'amd64', variant: null },
      distribution: { id: 'debian', version: '12', name: 'Debian GNU/Linux 12 (bookworm)' },
      layers: [{ diffId: LAYER, sizeBytes: 0 }],
    },
    packages: () => packages(count, look),
    problems: () => [],
    version: '0',
    created: null,
    contentDigest: null,
  }
}

/** In the order of their types, which is that of their purls. */
function* packages(count: number, look: () => void): Generator<SbomPackage> {
  const each = Math.ceil(count / PACKAGE_TYPES.length)
  for (let at = 0; at < count; at++) {
    if (at % Math.ceil(count / 10) === 0) look()
    const item = {
      type: PACKAGE_TYPES[Math.floor(at / each)] ?? 'rpm',
      namespace: null,
      name: `package-${String(at).padStart(8, '0')}`,
      version: `1.${at % 100}.0`,
      qualifiers: {},
      licences: [at % 10 === 0 ? `Licence of package ${at}` : 'MIT OR Apache-2.0'],
    }
    yield {
      package: item,
      purl: purlOf(item, null),
      occurrences: ['a', 'b'].map((folder) => ({
        path: `srv/${folder}/node_modules/${item.name}/package.json`,
        layer: LAYER,
        by: 'npm-package',
      })),
    }
  }
}
