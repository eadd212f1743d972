import { buildCommand, buildRouteMap } from '@stricli/core'
import { IMAGE_FORMS } from '../../../image/source/reference.ts'
import { EXIT_CODES, SCANNER_FLAGS } from './flags.ts'
import { parseImage } from './parse.ts'

const listCommand = buildCommand({
  loader: async () => (await import('./gates.ts')).listGates,
  parameters: { flags: SCANNER_FLAGS },
  docs: {
    brief: 'List images that may not be released',
    fullDescription: [
      'Lists images whose last scan failed, the latest first.',
      '',
      'Examples:',
      '  stella scanner gates list',
      '  stella scanner gates list --json | jq -r ".gates[].image"',
      '',
      EXIT_CODES,
    ].join('\n'),
  },
})

const checkCommand = buildCommand({
  loader: async () => (await import('./gates.ts')).checkGate,
  parameters: {
    positional: {
      kind: 'tuple',
      parameters: [{ parse: parseImage, brief: IMAGE_FORMS, placeholder: 'IMAGE' }],
    },
    flags: SCANNER_FLAGS,
  },
  docs: {
    brief: 'Whether an image may be released, for a pipeline',
    fullDescription: [
      'Open is an image whose last scan went well, blocked one whose last scan failed: scan-oom, scan-timeout,',
      'scan-failed, or scan-partial where layers were left out. The next good scan opens it. The name is the one that',
      'was scanned.',
      '',
      'Examples:',
      '  stella scanner gates check registry:shop:1.4 && ./release.sh',
      '  stella scanner gates check registry:shop:1.4 --quiet',
      '',
      'Exit code: 0 open, 1 blocked, 2 wrong call, 3 server or database out of reach, 4 no scan of it is known, 70 a fault of stella.',
    ].join('\n'),
  },
})

export const gatesRoutes = buildRouteMap({
  routes: { list: listCommand, check: checkCommand },
  docs: {
    brief: 'Images that may not be released',
    fullDescription: [
      'A scan that fails blocks its image, and the next good one opens it.',
      '',
      'Examples:',
      '  stella scanner gates list',
      '  stella scanner gates check registry:shop:1.4',
    ].join('\n'),
  },
})
