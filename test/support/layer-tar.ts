/** Layers as tars, and what is found in them. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { carryOutJob } from '../../src/image/layer/job.ts'
import { createLineReader } from '../../src/image/layer/read-fragment.ts'
import { squash } from '../../src/image/squash/squash.ts'
import type { Cataloger } from '../../src/sbom/cataloger.ts'
import { digestOf } from './image-files.ts'
import type { LayerEntry } from './layered-images.ts'

const FLAGS = { file: '0', 'hard-link': '1', 'symbolic-link': '2', folder: '5' } as const

export function layerTar(entries: readonly LayerEntry[]): Buffer {
  const blocks = entries.flatMap(({ path, kind, target = '', text = '' }) => {
    const body = Buffer.from(kind === 'file' ? text : '')
    const header = Buffer.alloc(512)
    header.write(kind === 'folder' ? `${path}/` : path, 0, 100)
    header.write(kind === 'folder' ? '0000755\0' : '0000644\0', 100)
    header.write('0000000\u00000000000\0', 108)
    header.write(`${body.length.toString(8).padStart(11, '0')}\u000000000000000\0`, 124)
    header.write('        ', 148)
    header.write(FLAGS[kind], 156)
    header.write(target, 157, 100)
    header.write('ustar\u000000', 257)
    const sum = header.reduce((total, byte) => total + byte, 0)
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
    return [header, body, Buffer.alloc((512 - (body.length % 512)) % 512)]
  })
  return Buffer.concat([...blocks, Buffer.alloc(1024)])
}

/** Packages that layers show together: path and name of each. */
export async function squashed(
  tars: readonly Buffer[],
  catalogers: readonly Cataloger[],
): Promise<Map<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), 'stella-test-squash-'))
  try {
    const layers = []
    for (const [at, tar] of tars.entries()) {
      const fragment = join(folder, String(at))
      const chunks = async function* (): AsyncGenerator<Uint8Array> {
        yield tar
      }
      await carryOutJob(
        {
          diffId: digestOf(tar),
          digest: null,
          compression: 'none',
          place: { kind: 'chunks' },
          fragment,
          scratchFolder: folder,
          checksAll: true,
        },
        { catalogers, chunks: chunks(), signal: null },
      )
      layers.push({ diffId: digestOf(tar), fragment })
    }
    const readers = layers.map(({ fragment }) => createLineReader(fragment))
    try {
      return new Map(
        squash(layers).visible.flatMap(({ layer, path, offset, length }) => {
          const line = readers[layer]?.read(offset, length)
          if (line?.kind !== 'hit') return []
          return line.found.flatMap((found): [string, string][] =>
            found.kind === 'package' ? [[path, found.package.name]] : [],
          )
        }),
      )
    } finally {
      for (const reader of readers) reader.close()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
