import { buildCommand, buildRouteMap } from '@stricli/core'
import { COMMON_FLAGS } from '../../common-flags.ts'
import { EXIT_CODES, SCANNER_FLAGS, sinceFlags } from './flags.ts'

export const statsCommand = buildCommand({
  loader: async () => (await import('./figures.ts')).showFigures,
  parameters: {
    flags: {
      sbomMetrics: {
        kind: 'boolean',
        brief: 'The figures of SBOMs, which are all that there are',
        optional: true,
        withNegated: false,
      },
      ...sinceFlags('Only jobs that ended since'),
      ...SCANNER_FLAGS,
    },
  },
  docs: {
    brief: 'What became of scans: done, failed and why, how long they took',
    fullDescription: [
      'Complete is the share of scans that gave an SBOM which lacks nothing. The memory of workers is told by',
      "'stella scanner workers stats'.",
      '',
      'Examples:',
      '  stella scanner stats --sbom-metrics',
      '  stella scanner stats --since 24h --json | jq .completeness',
      '',
      EXIT_CODES,
    ].join('\n'),
  },
})

export const limitsCommand = buildCommand({
  loader: async () => (await import('./limits.ts')).showLimits,
  parameters: {
    flags: {
      format: {
        kind: 'enum',
        values: ['markdown', 'json'],
        brief: 'A page for a guide, or the figures; json is the same as --json',
        default: 'markdown',
      },
      ...SCANNER_FLAGS,
    },
  },
  docs: {
    brief: 'Which images go where, and what happens to those that are too large',
    fullDescription: [
      'Writes a page for the guide of those who submit images, as it is set now: sizes, pools, memory, time, layers, files.',
      '',
      'Examples:',
      '  stella scanner limits > image-limits.md',
      '  stella scanner limits --format json | jq .sizes',
      '',
      EXIT_CODES,
    ].join('\n'),
  },
})

const listPluginsCommand = buildCommand({
  loader: async () => (await import('./plugins.ts')).listPlugins,
  parameters: {
    flags: {
      status: {
        kind: 'boolean',
        brief: 'Also whether each is on',
        optional: true,
        withNegated: false,
      },
      ...COMMON_FLAGS,
    },
  },
  docs: {
    brief: 'List the catalogers: what finds packages, and in which files',
    fullDescription: [
      'Catalogers are a part of the program, and all of them are on: nothing has to be installed, and none can be lost.',
      '',
      'Examples:',
      '  stella scanner plugins list --status',
      '  stella scanner plugins list --json | jq -r ".catalogers[].id"',
      '',
      'Exit code: 0 done, 2 wrong call, 70 a fault of stella.',
    ].join('\n'),
  },
})

export const pluginsRoutes = buildRouteMap({
  routes: { list: listPluginsCommand },
  docs: {
    brief: 'Catalogers: what finds packages',
    fullDescription: [
      'A cataloger reads one kind of file that names packages.',
      '',
      'Examples:',
      '  stella scanner plugins list --status',
    ].join('\n'),
  },
})
