/** The limits of images as a page for the guide of those who submit them. */
import { formatBytes } from '../model/bytes.ts'
import type { ImageLimits, SizeRange } from './limits.ts'

/** Markdown. */
export function limitsPage(limits: ImageLimits): string {
  const { largePool, pools, attempts } = limits
  return [
    '# Image size limits',
    '',
    'This page is made from what is set: `stella scanner limits` writes it. Sizes are those of all layers as they are stored,',
    'which `stella image inspect IMAGE` tells.',
    '',
    '| size | pool | memory of a worker | how it is read |',
    '|---|---|---|---|',
    ...limits.sizes.map((range) => sizeRow(range, limits)),
    '',
    'No image is too large by its size alone: one that is read as a stream takes no more memory than a small one. One whose size',
    'nobody can tell before it is read goes to `default`, as a stream.',
    ...(largePool === null
      ? ['Large images go where all go: `routing.large_image_pool` is not set.']
      : []),
    ...pools
      .filter(({ count }) => count === 0)
      .map(
        ({ name }) =>
          `\`${name}\` has no workers on the host of the server: its jobs wait for those of others.`,
      ),
    '',
    '## What happens above a limit',
    '',
    '| limit | value | above it |',
    '|---|---|---|',
    `| time of a scan (\`timeouts.scan\`) | ${spoken(limits.timeoutMs)} | it ends as \`timeout\`, and the image is blocked; \`--timeout\` gives one job more |`,
    `| memory of its worker | see above | it is tried again with less${largePool === null ? '' : `, then in \`${largePool}\``}; where that is not enough, it fails with the limit that it would need |`,
    `| attempts (\`jobs.max_attempts\`) | ${attempts} | it has failed, and the image is blocked |`,
    `| layers | ${grouped(limits.layers)} | it is refused |`,
    `| a manifest, an index, a config | ${formatBytes(limits.documentBytes)} | it is refused |`,
    `| files in all layers | none | they are passed over one by one |`,
    `| files that name packages | ${grouped(limits.files)} | the others are left out, and the SBOM says so |`,
    `| one such file | ${formatBytes(limits.fileBytes)} at most, by its kind: \`stella scanner plugins list\` | it is left out, and the SBOM says so |`,
    '',
    'A blocked image is not to be released until a scan of it goes well: `stella scanner gates check IMAGE`.',
    '',
  ].join('\n')
}

function sizeRow({ from, below, pool, isHeld }: SizeRange, { pools }: ImageLimits): string {
  const bytes = pools.find(({ name }) => name === pool)?.bytes
  const memory = bytes === undefined ? 'none: there is no such pool' : formatBytes(bytes)
  const how = isHeld ? 'layers are taken into memory first' : 'as a stream'
  return `| ${sizeWords(from, below)} | \`${pool}\` | ${memory} | ${how} |`
}

function sizeWords(from: number, below: number | null): string {
  if (below === null) return from === 0 ? 'any' : `${formatBytes(from)} and more`
  return from === 0
    ? `below ${formatBytes(below)}`
    : `${formatBytes(from)} to below ${formatBytes(below)}`
}

const UNITS: readonly (readonly [ms: number, name: string])[] = [
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1_000, 's'],
]

/** In the largest unit that leaves no rest. */
function spoken(milliseconds: number): string {
  const [ms, name] = UNITS.find(([unit]) => milliseconds % unit === 0) ?? [1, 'ms']
  return `${milliseconds / ms} ${name}`
}

function grouped(count: number): string {
  return count.toLocaleString('en')
}
