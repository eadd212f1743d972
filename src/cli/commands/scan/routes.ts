import { buildCommand, buildRouteMap } from '@stricli/core'
import { asItIs } from '../../as-it-is.ts'
import { dataFlag } from '../../data-flag.ts'
import { IMAGE_FORMS, parseImageReference } from '../../../image/source/reference.ts'
import { parsePlatform } from '../../../image/source/platform.ts'
import { COMMON_FLAGS } from '../../common-flags.ts'
import { parseDuration } from '../../duration.ts'
import { parseServer } from '../watch/parse.ts'

const parseNamed = (text: string) => ({ text, reference: parseImageReference(text) })

/** What a scan can be told, whatever it is called. */
export const SCAN_FLAGS = {
  image: {
    kind: 'parsed',
    parse: parseNamed,
    brief: 'The image, in the place of IMAGE',
    placeholder: 'IMAGE',
    optional: true,
  },
  platform: {
    kind: 'parsed',
    parse: parsePlatform,
    brief: 'Which image of several: linux/arm64, linux/arm/v7 (default: the one of this machine)',
    placeholder: 'OS/ARCH',
    optional: true,
  },
  format: {
    kind: 'enum',
    values: ['cyclonedx', 'spdx', 'table'],
    brief:
      'CycloneDX 1.6 JSON, SPDX 2.3 JSON, or a table for people (default: table; with --output or --json cyclonedx)',
    optional: true,
  },
  output: {
    kind: 'parsed',
    parse: asItIs,
    brief: 'Write the document to FILE, which appears when it is whole; - is standard output',
    placeholder: 'FILE',
    optional: true,
  },
  profileMemory: {
    kind: 'boolean',
    brief: 'Show the memory of each phase, and write it to FILE.memory.json, or stella-memory.json',
    optional: true,
    withNegated: false,
  },
  profile: {
    kind: 'boolean',
    brief: 'Show how long each phase took, and its memory',
    optional: true,
    withNegated: false,
  },
  verbose: {
    kind: 'boolean',
    brief: 'Tell of each phase and each layer as it passes',
    optional: true,
    withNegated: false,
  },
  sbomFallback: {
    kind: 'boolean',
    brief: 'Leave out layers that are damaged or not to be had; the document says which',
    optional: true,
    withNegated: false,
  },
  retry: {
    kind: 'boolean',
    brief: 'Try the job that failed again, or read every layer again, also those that are known',
    optional: true,
    withNegated: false,
  },
  verify: {
    kind: 'boolean',
    brief: 'Check the digest of layers, too, that need not be read to their end',
    optional: true,
    withNegated: false,
  },
  timeout: {
    kind: 'parsed',
    parse: parseDuration,
    brief: 'Give up after this time (default: 30m, or timeouts.scan of the scanner)',
    placeholder: 'DUR',
    optional: true,
  },
  here: {
    kind: 'boolean',
    brief: 'Scan in this process, also where a scanner with workers runs',
    optional: true,
    withNegated: false,
  },
  server: {
    kind: 'parsed',
    parse: parseServer,
    brief: "Have the workers of this 'stella serve' scan it (default: STELLA_SERVER)",
    placeholder: 'URL',
    optional: true,
  },
  tokenFile: {
    kind: 'parsed',
    parse: asItIs,
    brief: 'File with the token of the server (default: STELLA_TOKEN)',
    placeholder: 'FILE',
    optional: true,
  },
  data: dataFlag('Folder that keeps what is known of layers'),
  ...COMMON_FLAGS,
} as const

export const IMAGE_PARAMETER = {
  kind: 'tuple',
  parameters: [{ parse: parseNamed, brief: IMAGE_FORMS, placeholder: 'IMAGE', optional: true }],
} as const

const imageCommand = buildCommand({
  loader: async () => (await import('./run.ts')).scan,
  parameters: {
    positional: IMAGE_PARAMETER,
    flags: SCAN_FLAGS,
    aliases: { o: 'output' },
  },
  docs: {
    brief: 'Write the SBOM of an image, in bounded memory',
    fullDescription: [
      'Reads each layer once, as a stream, and unpacks nothing: memory does not grow with the image. What is',
      'known of a layer is kept, so that the next image on the same base reads only its own. What could not be',
      'read is told at the end, and stands in the document.',
      '',
      "Where the scanner of a 'stella serve' works with the same data folder, its workers scan the image.",
      '',
      'Examples:',
      '  stella scan image debian:12',
      '  stella scan image docker:web --format cyclonedx --output web.cdx.json',
      '  stella scan image ./app.tar --format spdx | jq .packages[].name',
      '  stella scan image --image ghcr.io/owner/app:1.2 --profile-memory',
      '  stella scan image docker:web --profile --verbose',
      '  docker save app | stella scan image -',
      '',
      'Exit code: 0 done, 2 wrong call or a damaged image, 3 it cannot be had, 70 a fault of stella.',
    ].join('\n'),
  },
})

export const scanRoutes = buildRouteMap({
  routes: { image: imageCommand },
  docs: {
    brief: 'Tell which packages are in an image',
    fullDescription: [
      'Looks for the packages of distributions and languages in an image, and writes them down as an SBOM.',
      '',
      'Examples:',
      '  stella scan image docker:web',
    ].join('\n'),
  },
})
