import { buildCommand, buildRouteMap } from '@stricli/core'
import { asItIs } from '../../as-it-is.ts'
import { LOG_LEVELS } from '../../../model/scan-job.ts'
import { countUpTo } from '../../count.ts'
import { EXIT_CODES, SCANNER_FLAGS, sinceFlags } from './flags.ts'
import { configRoutes } from './routes-config.ts'
import { limitsCommand, pluginsRoutes, statsCommand } from './routes-figures.ts'
import { gatesRoutes } from './routes-gates.ts'
import { jobsRoutes } from './routes-jobs.ts'
import { workersRoutes } from './routes-workers.ts'

const statusCommand = buildCommand({
  loader: async () => (await import('./status.ts')).showStatus,
  parameters: { flags: SCANNER_FLAGS },
  docs: {
    brief: 'How the scanner is: ready, degraded or stopped, and why',
    fullDescription: [
      'Tells whether workers run, how many jobs there are in each status, and what keeps jobs waiting.',
      '',
      'Examples:',
      '  stella scanner status',
      '  stella scanner status --json | jq -r .state',
      '',
      EXIT_CODES,
    ].join('\n'),
  },
})

const queueStatusCommand = buildCommand({
  loader: async () => (await import('./status.ts')).showQueue,
  parameters: { flags: SCANNER_FLAGS },
  docs: {
    brief: 'How many jobs wait, by pool',
    fullDescription: [
      'Below 50 jobs in a pool are expected, above 100 are a problem. Where a pool has no workers it says so.',
      '',
      'Examples:',
      '  stella scanner queue status',
      '  stella scanner queue status --json | jq .depth',
      '',
      EXIT_CODES,
    ].join('\n'),
  },
})

const queueRoutes = buildRouteMap({
  routes: { status: queueStatusCommand },
  docs: {
    brief: 'What waits',
    fullDescription: [
      'Jobs wait in the line of their pool until a worker takes them.',
      '',
      'Examples:',
      '  stella scanner queue status',
    ].join('\n'),
  },
})

const logsCommand = buildCommand({
  loader: async () => (await import('./logs.ts')).showLogs,
  parameters: {
    flags: {
      filter: {
        kind: 'parsed',
        parse: asItIs,
        brief: 'Only lines with this in them, in any case of letters',
        placeholder: 'TEXT',
        optional: true,
      },
      level: {
        kind: 'enum',
        values: LOG_LEVELS,
        brief: 'Only this level and what is more serious',
        optional: true,
      },
      ...sinceFlags('Only what was said since'),
      tail: {
        kind: 'parsed',
        parse: countUpTo(10_000),
        brief: 'Only the newest N lines, from 1 to 10000',
        placeholder: 'N',
        default: '100',
      },
      job: {
        kind: 'parsed',
        parse: asItIs,
        brief: 'Only lines about this job; the beginning of its id is enough',
        placeholder: 'ID',
        optional: true,
      },
      follow: {
        kind: 'boolean',
        brief: 'Go on with new lines until it is interrupted; with --json a document a line',
        optional: true,
        withNegated: false,
      },
      ...SCANNER_FLAGS,
    },
  },
  docs: {
    brief: 'What the scanner has to say, line by line',
    fullDescription: [
      'Shows the newest lines of the log that fit, oldest first.',
      '',
      'Examples:',
      '  stella scanner logs --tail 100 --level error',
      '  stella scanner logs --filter "out of memory" --since 1h',
      '  stella scanner logs --job 3f2a --follow',
      '',
      EXIT_CODES,
    ].join('\n'),
  },
})

export const scannerRoutes = buildRouteMap({
  routes: {
    status: statusCommand,
    jobs: jobsRoutes,
    queue: queueRoutes,
    workers: workersRoutes,
    config: configRoutes,
    logs: logsCommand,
    gates: gatesRoutes,
    limits: limitsCommand,
    stats: statsCommand,
    plugins: pluginsRoutes,
  },
  aliases: { job: 'jobs', gate: 'gates' },
  docs: {
    brief: 'Scan many images: jobs, workers with limits, and settings',
    fullDescription: [
      "The scanner of 'stella serve' scans images as jobs, each in a worker with a memory limit. These commands",
      'ask the server of --server, the database of --database, or whatever runs on the data folder.',
      '',
      'Examples:',
      '  stella scanner status',
      '  stella scanner jobs submit registry:debian:12 --wait',
      '  stella scanner jobs list --status failed --since 1h',
      '  stella scanner config set worker.memory_limit 8Gi',
      '  stella scanner workers add --pool large-images --memory 16Gi --count 2',
    ].join('\n'),
  },
})
