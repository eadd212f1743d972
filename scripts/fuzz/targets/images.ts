/** Images: layers as streams, the documents around them, archives that pass by, and what registries say. */
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { inflated } from '../../../src/image/layer/inflate.ts'
import type { LayerVisitor } from '../../../src/image/layer/visitor.ts'
import { walkStream } from '../../../src/image/layer/walk-stream.ts'
import {
  readArchiveManifest,
  readConfig,
  readManifest,
} from '../../../src/image/source/documents.ts'
import { parsePlatform } from '../../../src/image/source/platform.ts'
import { parseImageReference } from '../../../src/image/source/reference.ts'
import { nameText, parseRegistryName } from '../../../src/image/source/registry-name.ts'
import { parseChallenges } from '../../../src/image/source/registry/challenge.ts'
import type { Compression } from '../../../src/model/image.ts'
import { tarOf } from '../../../test/support/image-files.ts'
import { texts } from '../corpus.ts'
import { must, mustBeSound, refusable, refused } from '../sound.ts'
import type { Target } from '../target.ts'
import { packageFiles } from './packages.ts'

const MOST_TAR = 128 * 1024

type Known = Exclude<Compression, 'unknown'>

const PACKED: Readonly<Record<Known, (tar: Buffer) => Buffer>> = {
  none: (tar) => tar,
  gzip: (tar) => gzipSync(tar),
  zstd: (tar) => zstdCompressSync(tar),
}

export function layerTarget(compression: Known): Target {
  return {
    name: `layer-${compression}`,
    samples() {
      const tar = tarOf(packageFiles().slice(0, 40)).subarray(0, MOST_TAR)
      return [{ path: 'layer', bytes: PACKED[compression](tar) }]
    },
    async run({ bytes }, random) {
      const size = Math.max(1 + random(70_000), Math.ceil(bytes.length / 5_000))
      async function* chunks(): AsyncGenerator<Buffer> {
        for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
      }
      let escaped: string | null = null
      const visitor: LayerVisitor = {
        entry: ({ path }) => {
          if (path.startsWith('/') || path.split('/').includes('..')) escaped = path
          return { write: () => true, end: () => null, readFrom: () => null }
        },
        problem: () => {},
      }
      await walkStream(inflated(chunks(), compression), visitor).catch(refused)
      must(escaped === null, `a path leads out of the layer: ${escaped}`)
    },
  }
}

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`
const OCI = 'application/vnd.oci.image'

/** As they stand in images; digests are made up. */
const DOCUMENTS = texts(
  [
    {
      schemaVersion: 2,
      mediaType: `${OCI}.manifest.v1+json`,
      config: { mediaType: `${OCI}.config.v1+json`, digest: DIGEST, size: 1_500 },
      layers: [{ mediaType: `${OCI}.layer.v1.tar+gzip`, digest: DIGEST, size: 29_000_000 }],
      annotations: { 'org.opencontainers.image.created': '2026-05-01T12:00:00Z' },
    },
    {
      schemaVersion: 2,
      mediaType: `${OCI}.index.v1+json`,
      manifests: [
        {
          mediaType: `${OCI}.manifest.v1+json`,
          digest: DIGEST,
          size: 1_100,
          platform: { architecture: 'arm64', os: 'linux', variant: 'v8' },
        },
      ],
    },
    {
      architecture: 'amd64',
      os: 'linux',
      created: '2026-05-01T12:00:00.123456789Z',
      config: { User: '1000', Env: ['PATH=/bin', 'TOKEN=x'], Cmd: ['sh'], Labels: { a: 'b' } },
      rootfs: { type: 'layers', diff_ids: [DIGEST, DIGEST] },
      history: [{ created_by: '/bin/sh -c #(nop) ADD file', empty_layer: true }],
    },
    [{ Config: 'c0ffee.json', RepoTags: ['shop/web:1'], Layers: ['a/layer.tar', 'b/layer.tar'] }],
  ].map((document) => JSON.stringify(document)),
)

export const IMAGE_DOCUMENTS: Target = {
  name: 'image-documents',
  samples: () => DOCUMENTS,
  run({ bytes, path }) {
    mustBeSound(refusable(() => readManifest(bytes, null, path)))
    mustBeSound(refusable(() => readConfig(bytes, path)))
    mustBeSound(refusable(() => readArchiveManifest(bytes, path)))
  },
}

export const IMAGE_NAMES: Target = {
  name: 'image-names',
  samples: () =>
    texts([
      'registry.example.com:5000/team/shop/web:1.4',
      `docker.io/library/nginx@${DIGEST}`,
      'docker-archive:shop.tar:shop/web:1',
      'oci:layout/folder',
      'linux/arm64/v8',
      'Bearer realm="https://auth.example.com/token",service="registry",scope="repository:a/b:pull", Basic realm="x"',
    ]),
  run({ bytes }) {
    const text = bytes.toString()
    refusable(() => parseImageReference(text))
    refusable(() => parsePlatform(text))
    const name = refusable(() => parseRegistryName(text))
    if (name !== null) {
      must(
        !/[\s?#%\\]|\.\./.test(name.repository),
        `a repository that leads elsewhere: ${name.repository}`,
      )
      must(refusable(() => parseRegistryName(nameText(name))) !== null, 'a name is not read back')
    }
    parseChallenges(text)
  },
}
