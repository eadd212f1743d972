import { buildCommand, buildRouteMap } from '@stricli/core'
import { usageError } from '../../../model/errors.ts'
import { IMAGE_PARAMETER, SCAN_FLAGS } from '../scan/routes.ts'

const GENERATOR = 'stella'

/** @throws StellaError (usage) for any other: none is started */
function parseGenerator(text: string): typeof GENERATOR {
  if (text === GENERATOR) return GENERATOR
  throw usageError(`'${text.slice(0, 40)}' is not started by stella`, null, 'leave --generator out')
}

const EXIT_CODES =
  'Exit code: 0 done, 1 something could not be read, 2 wrong call or a damaged image, 3 it cannot be had, 70 a fault of stella.'

const generateCommand = buildCommand({
  loader: async () => (await import('./generate.ts')).generateSbom,
  parameters: {
    positional: IMAGE_PARAMETER,
    flags: {
      ...SCAN_FLAGS,
      generator: {
        kind: 'parsed',
        parse: parseGenerator,
        brief: 'What writes it: stella, and nothing else',
        placeholder: 'NAME',
        optional: true,
      },
    },
    aliases: { o: 'output' },
  },
  docs: {
    brief: "Write the SBOM of an image: 'scan image' with CycloneDX for its usual format",
    fullDescription: [
      'Does what stella scan image does, and writes CycloneDX where no format is named.',
      '',
      'Examples:',
      '  stella sbom generate --image registry:debian:12 --output debian.cdx.json',
      '  stella sbom generate ./app.tar --format spdx',
      '',
      'Exit code: 0 done, 2 wrong call or a damaged image, 3 it cannot be had, 70 a fault of stella.',
    ].join('\n'),
  },
})

const { platform, verbose, data, image, json, quiet, noColor } = SCAN_FLAGS

const analyzeCommand = buildCommand({
  loader: async () => (await import('./analyze.ts')).analyzeSbom,
  parameters: {
    positional: IMAGE_PARAMETER,
    flags: {
      image,
      platform,
      verbose: { ...verbose, brief: 'Also every file that could not be read, and each layer' },
      data,
      json,
      quiet,
      noColor,
    },
  },
  docs: {
    brief:
      'How good the SBOM of an image can be: what finds packages in it, and what cannot be read',
    fullDescription: [
      'Reads an image, and tells how many packages each cataloger finds in it, how many of them have no version or no',
      'licence, and what cannot be read. Damaged layers are told, and the others read all the same.',
      '',
      'Examples:',
      '  stella sbom analyze --image docker:web --verbose',
      '  stella sbom analyze ./app.tar --json | jq .problems',
      '',
      EXIT_CODES,
    ].join('\n'),
  },
})

export const sbomRoutes = buildRouteMap({
  routes: { generate: generateCommand, analyze: analyzeCommand },
  docs: {
    brief: 'SBOMs: write one, or tell how good it can be',
    fullDescription: [
      'An SBOM names the packages of an image.',
      '',
      'Examples:',
      '  stella sbom analyze --image docker:web',
    ].join('\n'),
  },
})
