import { buildCommand, buildRouteMap } from '@stricli/core'
import { asItIs } from '../../as-it-is.ts'
import { COMMON_FLAGS } from '../../common-flags.ts'
import { parseCount } from '../../count.ts'
import { SIZE_FORMS } from '../../size.ts'
import { parseInterval } from '../top/interval.ts'
import { EXIT_CODES, SCANNER_FLAGS } from './flags.ts'
import { parseTimeout, parseWorkerCount } from './parse.ts'

const POOL = { kind: 'parsed', parse: asItIs, placeholder: 'NAME' } as const

const listCommand = buildCommand({
  loader: async () => (await import('./workers.ts')).listWorkers,
  parameters: { flags: SCANNER_FLAGS },
  docs: {
    brief: 'List workers and pools',
    fullDescription: [
      'Lists the workers of all hosts, and how many each pool is to have on the host of the server.',
      '',
      'Examples:',
      '  stella scanner workers list',
      '  stella scanner workers list --json | jq -r ".workers[].state"',
      '',
      EXIT_CODES,
    ].join('\n'),
  },
})

const addCommand = buildCommand({
  loader: async () => (await import('./workers.ts')).addWorkers,
  parameters: {
    flags: {
      pool: { ...POOL, brief: 'The pool; it is made where there is none' },
      memory: {
        kind: 'parsed',
        parse: asItIs,
        brief: `Memory limit of each worker of the pool: ${SIZE_FORMS} (default: as it is, or worker.memory_limit)`,
        placeholder: 'SIZE',
        optional: true,
      },
      count: {
        kind: 'parsed',
        parse: parseCount,
        brief: 'How many workers more',
        placeholder: 'N',
        default: '1',
      },
      ...SCANNER_FLAGS,
    },
  },
  docs: {
    brief: 'Give a pool more workers',
    fullDescription: [
      'The workers run on the host of the server, each with a memory limit of its own.',
      '',
      'Examples:',
      '  stella scanner workers add --pool large-images --memory 16Gi --count 2',
      '  stella scanner config set routing.large_image_pool large-images   sends large images there',
      '',
      EXIT_CODES,
    ].join('\n'),
  },
})

const setCommand = buildCommand({
  loader: async () => (await import('./workers.ts')).setWorkers,
  parameters: {
    flags: {
      pool: { ...POOL, brief: 'The pool' },
      memory: {
        kind: 'parsed',
        parse: asItIs,
        brief: `Memory limit of each worker: ${SIZE_FORMS}; default: that of worker.memory_limit`,
        placeholder: 'SIZE|default',
        optional: true,
      },
      count: {
        kind: 'parsed',
        parse: parseWorkerCount,
        brief: 'How many workers there are to be; 0: none',
        placeholder: 'N',
        optional: true,
      },
      force: {
        kind: 'boolean',
        brief: 'Also where jobs wait that nobody would be left to do',
        optional: true,
        withNegated: false,
      },
      ...SCANNER_FLAGS,
    },
  },
  docs: {
    brief: 'Change the memory, or the number, of the workers of a pool',
    fullDescription: [
      'Workers that run keep the limit that they have until they are started again: stella scanner workers restart.',
      '',
      'Examples:',
      '  stella scanner workers set --pool large-images --memory 32Gi',
      '  stella scanner workers set --pool large-images --memory default --count 4',
      '',
      EXIT_CODES,
    ].join('\n'),
  },
})

const removeCommand = buildCommand({
  loader: async () => (await import('./workers.ts')).removeWorkers,
  parameters: {
    flags: {
      pool: { ...POOL, brief: 'The pool' },
      count: {
        kind: 'parsed',
        parse: parseCount,
        brief: 'How many workers fewer (default: all of them)',
        placeholder: 'N',
        optional: true,
      },
      force: {
        kind: 'boolean',
        brief: 'Also where jobs wait that nobody would be left to do',
        optional: true,
        withNegated: false,
      },
      ...SCANNER_FLAGS,
    },
  },
  docs: {
    brief: 'Take workers from a pool',
    fullDescription: [
      'A worker that does a job ends it first.',
      '',
      'Examples:',
      '  stella scanner workers remove --pool large-images --count 1',
      '  stella scanner workers remove --pool large-images --force',
      '',
      EXIT_CODES,
    ].join('\n'),
  },
})

const restartCommand = buildCommand({
  loader: async () => (await import('./workers.ts')).restartWorkers,
  parameters: {
    flags: {
      pool: { ...POOL, brief: 'Only the workers of this pool', optional: true },
      timeout: {
        kind: 'parsed',
        parse: parseTimeout,
        brief: 'How long a job may go on before it is given to another worker',
        placeholder: 'DUR',
        default: '30s',
      },
      ...SCANNER_FLAGS,
    },
  },
  docs: {
    brief: 'Start workers again',
    fullDescription: [
      'Starts the workers of one pool, or of all, again. No job is lost.',
      '',
      'Examples:',
      '  stella scanner workers restart',
      '  stella scanner workers restart --pool large-images --timeout 10m',
      '',
      EXIT_CODES,
    ].join('\n'),
  },
})

const inspectCommand = buildCommand({
  loader: async () => (await import('./workers.ts')).inspectWorkers,
  parameters: {
    positional: {
      kind: 'tuple',
      parameters: [
        { parse: asItIs, brief: 'One worker alone', placeholder: 'NAME', optional: true },
      ],
    },
    flags: SCANNER_FLAGS,
  },
  docs: {
    brief: 'Tell what workers do, and why they were started again',
    fullDescription: [
      'Tells the state of each worker, what keeps its limit, and what the exit codes of those before it meant.',
      '',
      'Examples:',
      '  stella scanner workers inspect',
      '  stella scanner workers inspect large-images-1',
      '',
      EXIT_CODES,
    ].join('\n'),
  },
})

const statsCommand = buildCommand({
  loader: async () => (await import('./stats.ts')).showStats,
  parameters: {
    flags: {
      watch: {
        kind: 'boolean',
        brief: 'Go on until it is interrupted: on a terminal as one screen, else a table a round',
        optional: true,
        withNegated: false,
      },
      interval: {
        kind: 'parsed',
        parse: parseInterval,
        brief: 'Time between two rounds: 1s up to 1h',
        placeholder: 'DUR',
        default: '2s',
      },
      ...SCANNER_FLAGS,
      json: { ...SCANNER_FLAGS.json, brief: 'One JSON document for each round, on a line each' },
    },
  },
  docs: {
    brief: 'Memory of workers: usage, limit, percent',
    fullDescription: [
      'Shows what each worker uses of its limit, its job, and how often it was started again.',
      '',
      'Examples:',
      '  stella scanner workers stats',
      '  stella scanner workers stats --watch',
      '  stella scanner workers stats --watch --interval 10s --json',
      '',
      EXIT_CODES,
    ].join('\n'),
  },
})

const runCommand = buildCommand({
  loader: async () => (await import('./workers-run.ts')).runWorkersHere,
  parameters: {
    flags: {
      pool: { ...POOL, brief: 'The pool whose jobs they take; it is made where there is none' },
      count: {
        kind: 'parsed',
        parse: parseCount,
        brief: 'How many workers',
        placeholder: 'N',
        default: '1',
      },
      database: SCANNER_FLAGS.database,
      data: SCANNER_FLAGS.data,
      ...COMMON_FLAGS,
    },
  },
  docs: {
    brief: 'Run workers on this host, for a scanner elsewhere',
    fullDescription: [
      'Until it is interrupted, workers of this host take jobs of a pool from the PostgreSQL server that the scanner keeps',
      'them on. Any number of hosts may do so. What a worker may have is what the pool says.',
      '',
      'Examples:',
      '  stella scanner workers run --pool large-images --count 2 --database postgres://…',
      '',
      EXIT_CODES,
    ].join('\n'),
  },
})

export const workersRoutes = buildRouteMap({
  routes: {
    run: runCommand,
    list: listCommand,
    add: addCommand,
    set: setCommand,
    remove: removeCommand,
    restart: restartCommand,
    inspect: inspectCommand,
    stats: statsCommand,
  },
  docs: {
    brief: 'Workers: processes with a memory limit, in pools',
    fullDescription: [
      'A worker does one job at a time. Workers of a pool share a limit and a line of jobs.',
      '',
      'Examples:',
      '  stella scanner workers list',
      '  stella scanner workers add --pool large-images --memory 16Gi --count 2',
      '  stella scanner workers stats --watch',
    ].join('\n'),
  },
})
