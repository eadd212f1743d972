import { formatBytes } from '../../src/model/bytes.ts'
import type { ScannedLayer } from '../../src/model/scan-profile.ts'
import { printable } from '../../src/report/printable.ts'
import { AsTable } from '../parts/as-table.tsx'
import { Size } from '../parts/size.tsx'
import { counted } from '../words/time.ts'

const SHORT_DIGEST = 'sha256:'.length + 12
const TITLE = 'Layers'

/** How large each layer is, as a stack with the base below, and the same as a table. */
export function Layers({ layers }: { layers: readonly ScannedLayer[] }) {
  const words = layersInWords(layers)
  return (
    <section class="chapter" aria-labelledby="layers-title">
      <h2 id="layers-title">{TITLE}</h2>
      <p class="chapter-lead">{words}</p>
      <Stack layers={layers} words={words} />
      <LayerTable layers={layers} />
    </section>
  )
}

function Stack({ layers, words }: { layers: readonly ScannedLayer[]; words: string }) {
  const largest = Math.max(1, ...layers.map(sizeOf))
  const widthOf = (bytes: number | null): string => `${((bytes ?? 0) / largest) * 100}%`
  return (
    <figure class="stack" role="img" aria-label={`From the base upwards: ${words}`}>
      {layers.toReversed().map((layer, at) => (
        <div class="stack-layer" key={at}>
          <span class="stack-number">{layers.length - at}</span>
          <span class="stack-bars">
            <span class="stack-unpacked" style={{ width: widthOf(sizeOf(layer)) }} />
            <span class="stack-stored" style={{ width: widthOf(layer.storedBytes) }} />
          </span>
          <span class="stack-words">
            {sizeInWords(layer)}
            <span class="faint">
              {layer.files === null ? ', not read' : `, ${counted(layer.files, 'file')}`}
              {layer.packages === 0 ? '' : `, ${counted(layer.packages, 'package')}`}
            </span>
          </span>
        </div>
      ))}
      <p class="stack-legend faint">
        <span class="stack-key stack-stored" /> as stored
        <span class="stack-key stack-unpacked" /> unpacked
      </p>
    </figure>
  )
}

function LayerTable({ layers }: { layers: readonly ScannedLayer[] }) {
  return (
    <AsTable title={TITLE}>
      {() => (
        <table class="figures">
          <caption class="hidden">Layers, from the base upwards</caption>
          <thead>
            <tr>
              <th scope="col">Layer</th>
              <th scope="col" class="number">
                As stored
              </th>
              <th scope="col" class="number">
                Unpacked
              </th>
              <th scope="col" class="number">
                Files
              </th>
              <th scope="col" class="number">
                Packages
              </th>
              <th scope="col">Was</th>
              <th scope="col">Digest</th>
              <th scope="col">Made by</th>
            </tr>
          </thead>
          <tbody>
            {layers.map((layer, at) => (
              <tr key={at}>
                <th scope="row">{at + 1}</th>
                <td class="number">
                  <Size bytes={layer.storedBytes} />
                </td>
                <td class="number">
                  <Size bytes={layer.unpackedBytes} />
                </td>
                <td class="number">{layer.files?.toLocaleString('en') ?? 'not known'}</td>
                <td class="number">{layer.packages.toLocaleString('en')}</td>
                <td>{howItWasRead(layer)}</td>
                <td>
                  <code title={layer.digest ?? layer.diffId ?? ''}>
                    {(layer.digest ?? layer.diffId ?? '').slice(0, SHORT_DIGEST)}
                  </code>
                </td>
                <td class="made-by">{printable(layer.createdBy ?? '')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </AsTable>
  )
}

/** As large as it is drawn: a layer of links alone is stored larger than its files are. */
function sizeOf({ storedBytes, unpackedBytes }: ScannedLayer): number {
  return Math.max(storedBytes ?? 0, unpackedBytes ?? 0)
}

/** What is in one that cannot be read is not known. */
function howItWasRead({ wasKnown, files }: ScannedLayer): string {
  if (files === null) return 'not read'
  return wasKnown ? 'known already' : 'read'
}

function sizeInWords({ storedBytes, unpackedBytes }: ScannedLayer): string {
  if (unpackedBytes !== null) return formatBytes(unpackedBytes)
  return storedBytes === null ? 'not known' : formatBytes(storedBytes)
}

/** "9 layers, 1.2 GiB unpacked, 312 MiB as stored; 4 of them were known already." */
function layersInWords(layers: readonly ScannedLayer[]): string {
  const sumOf = (all: readonly (number | null)[]): number | null =>
    all.reduce<number | null>((sum, each) => (sum === null || each === null ? null : sum + each), 0)
  const unpacked = sumOf(layers.map(({ unpackedBytes }) => unpackedBytes))
  const stored = sumOf(layers.map(({ storedBytes }) => storedBytes))
  const known = layers.filter(({ wasKnown }) => wasKnown).length
  const sizes = [
    counted(layers.length, 'layer'),
    unpacked === null ? null : `${formatBytes(unpacked)} unpacked`,
    stored === null ? null : `${formatBytes(stored)} as stored`,
  ]
  const were =
    known === 0
      ? ''
      : `; ${known === layers.length ? 'all' : known} of them ${known === 1 ? 'was' : 'were'} known already, and not read`
  return `${sizes.filter((part) => part !== null).join(', ')}${were}.`
}
