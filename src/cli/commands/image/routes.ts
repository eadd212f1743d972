import { buildCommand, buildRouteMap } from '@stricli/core'
import { IMAGE_FORMS, parseImageReference } from '../../../image/source/reference.ts'
import { parsePlatform } from '../../../image/source/platform.ts'
import { COMMON_FLAGS } from '../../common-flags.ts'

const IMAGE_PARAMETER = {
  kind: 'tuple',
  parameters: [
    {
      parse: (text: string) => ({ text, reference: parseImageReference(text) }),
      brief: IMAGE_FORMS,
      placeholder: 'IMAGE',
    },
  ],
} as const

const IMAGE_FLAGS = {
  platform: {
    kind: 'parsed',
    parse: parsePlatform,
    brief: 'Which image of several: linux/arm64, linux/arm/v7 (default: the one of this machine)',
    placeholder: 'OS/ARCH',
    optional: true,
  },
  format: {
    kind: 'enum',
    values: ['text', 'json'],
    brief: 'Form of the answer; json is the same as --json',
    optional: true,
  },
  ...COMMON_FLAGS,
} as const

const inspectCommand = buildCommand({
  loader: async () => (await import('./inspect.ts')).inspectImage,
  parameters: {
    positional: IMAGE_PARAMETER,
    flags: {
      ...IMAGE_FLAGS,
      checkIntegrity: {
        kind: 'boolean',
        brief: 'Read all layers, and check every digest',
        optional: true,
        withNegated: false,
      },
    },
  },
  docs: {
    brief: 'Tell what an image is made of: size, layers, platform, how it starts',
    fullDescription: [
      'Reads the documents of an image, and its layers only where there is no other way. The size is that of',
      'all layers as they are stored: compressed in a registry, mostly not in an engine. Of the environment',
      'only the names are shown.',
      '',
      'Examples:',
      '  stella image inspect debian:12',
      '  stella image inspect docker:web --format json | jq .size',
      '  stella image inspect ghcr.io/owner/app:1.2 --platform linux/arm64',
      '  stella image inspect ./app.tar --check-integrity',
      '  docker save app | stella image inspect -',
      '',
      'A bare name is a path where one with an image exists, else an image of Docker or Podman on this machine,',
      'else one of a registry. Credentials are those of docker login, podman login and their helpers.',
      'STELLA_REGISTRY_MIRRORS=docker.io=https://mirror.example.org names mirrors, several with commas;',
      'STELLA_REGISTRY_INSECURE=HOST,… those that may be spoken to without TLS.',
      '',
      'Exit code: 0 done, 2 wrong call or a damaged image, 3 it cannot be had, 70 a fault of stella.',
    ].join('\n'),
  },
})

const layersCommand = buildCommand({
  loader: async () => (await import('./layers.ts')).listLayers,
  parameters: {
    positional: IMAGE_PARAMETER,
    flags: {
      ...IMAGE_FLAGS,
      sortBy: {
        kind: 'enum',
        values: ['size', 'file-count'],
        brief: 'The largest first; without it, the lowest layer first',
        optional: true,
      },
    },
  },
  docs: {
    brief: 'List the layers of an image, and what made each',
    fullDescription: [
      'Lists the layers of an image with their sizes as they are stored.',
      '',
      'Examples:',
      '  stella image layers debian:12',
      '  stella image layers docker:web --sort-by size',
      '  stella image layers ./app.tar --json | jq -r ".layers[].diffId"',
      '',
      'Exit code: 0 done, 2 wrong call or a damaged image, 3 it cannot be had, 70 a fault of stella.',
    ].join('\n'),
  },
})

export const imageRoutes = buildRouteMap({
  routes: { inspect: inspectCommand, layers: layersCommand },
  docs: {
    brief: 'What an image is made of',
    fullDescription: [
      'Looks into images of engines, registries, archives and folders. Nothing is unpacked or kept.',
      '',
      'Examples:',
      '  stella image inspect docker:web',
    ].join('\n'),
  },
})
