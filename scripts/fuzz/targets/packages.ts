/** What catalogers read in images, and the documents that are made of it. */
import { gunzipSync, zstdCompressSync } from 'node:zlib'
import { CATALOGERS } from '../../../src/sbom/catalogers/index.ts'
import type { Package } from '../../../src/model/package.ts'
import type { SbomDocument, SbomPackage } from '../../../src/sbom/document.ts'
import { SBOM_FORMATS } from '../../../src/sbom/formats/index.ts'
import { purlOf } from '../../../src/sbom/purl.ts'
import { beginsAsProgram, selectorOf } from '../../../src/sbom/select.ts'
import { catalogFile } from '../../../test/support/cataloged.ts'
import { filesOf, texts } from '../corpus.ts'
import { must, mustBeSound } from '../sound.ts'
import type { Sample, Target } from '../target.ts'

/** Written by hand in the form of the real ones. */
const WITHOUT_FIXTURE = [
  [
    'app/mix.lock',
    '%{\n  "jason": {:hex, :jason, "1.4.1", "af1504e35f629ddcdd6addb3513c3853991f694921b1b9368b0bd32beb9f1b63", [:mix], [{:decimal, "~> 1.0 or ~> 2.0", [hex: :decimal, repo: "hexpm", optional: true]}], "hexpm", "fbb01ecdfd565b56261302f7e1fcc27c4fb8f32d56eab74db621fc154604a7a1"},\n}\n',
  ],
  [
    'app/rebar.lock',
    '{"1.2.0",\n[{<<"cowboy">>,{pkg,<<"cowboy">>,<<"2.9.0">>},0},\n {<<"ranch">>,{git,"https://example.org/ranch",{ref,"a1"}},1}]}.\n[\n{pkg_hash,[\n {<<"cowboy">>, <<"865DD8B6607E14CF03282E10E934023A1BD8BE6F6BACF921A7E2A96D800CD452">>}]}\n].\n',
  ],
  [
    'app/deps/jason/hex_metadata.config',
    '{<<"app">>,<<"jason">>}.\n{<<"name">>,<<"jason">>}.\n{<<"version">>,<<"1.4.1">>}.\n{<<"licenses">>,[<<"Apache-2.0">>]}.\n{<<"requirements">>,[[{<<"name">>,<<"decimal">>},{<<"optional">>,true}]]}.\n',
  ],
  [
    'usr/lib/opkg/status',
    'Package: busybox\nVersion: 1.36.1-1\nDepends: libc\nStatus: install user installed\nArchitecture: x86_64\nConffiles:\n /etc/profile 01\nLicense: GPL-2.0\n\nPackage: libc\nVersion: 1.2.4\nStatus: install ok installed\n',
  ],
].map(([path = '', text = '']) => ({ path, bytes: Buffer.from(text) }))
const CHISEL = {
  path: 'var/lib/chisel/manifest.wall',
  bytes: zstdCompressSync(
    '{"jsonwall":"1.0","schema":"1.0","count":3}\n{"kind":"package","name":"base-files","version":"13ubuntu10","sha256":"a1","arch":"amd64"}\n{"kind":"slice","name":"base-files_base"}\n',
  ),
}

/** As they lie in images. */
export function packageFiles(): Sample[] {
  return filesOf('fixtures/packages')
    .map(({ path, bytes }) => {
      const isPacked = /^(?:go|rust)-binary\//.test(path) && path.endsWith('.gz')
      const inside = path.split('/').slice(2).join('/')
      return { path: inside, bytes: isPacked ? gunzipSync(bytes) : bytes }
    })
    .concat([...WITHOUT_FIXTURE, CHISEL])
}

export function catalogerTargets(): Target[] {
  return CATALOGERS.map((cataloger) => ({
    name: `packages-${cataloger.id}`,
    samples() {
      const select = selectorOf([cataloger])
      return packageFiles().filter(({ path, bytes }) => {
        const { surely, ifProgram } = select(path)
        return surely.length > 0 || (ifProgram.length > 0 && beginsAsProgram(bytes))
      })
    },
    async run({ path, bytes }, random) {
      const size = 1 + random(random(2) === 0 ? 40 : 70_000)
      const chunkBytes = Math.max(size, Math.ceil(bytes.length / 5_000))
      mustBeSound(await catalogFile(cataloger, path, bytes, chunkBytes))
    },
  }))
}

/** Packages whose names, versions and licences are anybody's text: the documents stay JSON, and end. */
export const SBOM_DOCUMENTS: Target = {
  name: 'sbom-documents',
  samples: () =>
    texts([
      '@babel/core\n7.24.0\nMIT OR (Apache-2.0 AND GPL-2.0-or-later WITH Classpath-exception-2.0)',
      'org.slf4j:slf4j-api\n2.0.9\nThe MIT License (http://www.opensource.org/licenses/mit-license.php)',
      'zlib1g\n1:1.2.13.dfsg-1+b1\nZlib and GPL-2+ with exceptions',
    ]),
  async run({ bytes }, random) {
    const [name = '', version = '', licence = ''] = bytes.toString().split('\n')
    const { type } = TYPES[random(TYPES.length)] ?? { type: 'generic' }
    const item: Package = {
      type,
      namespace: random(2) === 0 ? null : name.slice(0, random(20)),
      name,
      version: random(5) === 0 ? null : version,
      qualifiers: random(2) === 0 ? {} : { arch: version },
      licences: [licence],
    }
    const purl = purlOf(item, null)
    must(/^pkg:[a-z]+\//.test(purl), `a purl that is none: ${purl.slice(0, 80)}`)
    const layer = `sha256:${'a'.repeat(64)}`
    const one: SbomPackage = {
      package: item,
      purl,
      occurrences: [{ path: name, layer, by: 'dpkg-status' }],
    }
    const document: SbomDocument = {
      subject: {
        name,
        manifestDigest: null,
        configDigest: null,
        platform: null,
        distribution: random(2) === 0 ? null : { id: name, version, name },
        layers: [{ diffId: layer, sizeBytes: 1 }],
      },
      packages: () => [one],
      problems: () => [{ says: name, path: version, layer }],
      version: '1.2.3',
      created: null,
      contentDigest: null,
    }
    for (const format of Object.values(SBOM_FORMATS)) {
      let text = ''
      for await (const piece of format(document)) text += piece
      mustBeSound(JSON.parse(text))
    }
  },
}

const TYPES = [
  { type: 'deb' },
  { type: 'rpm' },
  { type: 'npm' },
  { type: 'maven' },
  { type: 'pypi' },
  { type: 'golang' },
] as const
