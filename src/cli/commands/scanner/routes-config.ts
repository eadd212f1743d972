import { buildCommand, buildRouteMap } from '@stricli/core'
import { asItIs } from '../../as-it-is.ts'
import { countUpTo } from '../../count.ts'
import { EXIT_CODES, SCANNER_FLAGS } from './flags.ts'
import { parseChange } from './parse.ts'

const KEY = {
  parse: asItIs,
  brief: 'A setting, as worker.memory_limit',
  placeholder: 'KEY',
} as const

const getCommand = buildCommand({
  loader: async () => (await import('./config.ts')).getSettings,
  parameters: {
    positional: {
      kind: 'tuple',
      parameters: [
        {
          parse: asItIs,
          brief: 'A setting, or what several begin with: worker.memory_limit, timeouts',
          placeholder: 'KEY|PREFIX',
        },
      ],
    },
    flags: SCANNER_FLAGS,
  },
  docs: {
    brief: 'Tell what is set',
    fullDescription: [
      'Tells what holds now, whether anybody set it or not. With --json one setting is one line, with its value also',
      'in units to compute with: bytes, milliseconds.',
      '',
      'Examples:',
      '  stella scanner config get worker.memory_limit',
      '  stella scanner config get timeouts',
      '  stella scanner config get worker.memory_limit --json | jq .bytes',
      '',
      EXIT_CODES,
    ].join('\n'),
  },
})

const setCommand = buildCommand({
  loader: async () => (await import('./config.ts')).setSetting,
  parameters: {
    positional: {
      kind: 'tuple',
      parameters: [
        KEY,
        { parse: asItIs, brief: 'Its value, as 8Gi, 30m, true', placeholder: 'VALUE' },
      ],
    },
    flags: SCANNER_FLAGS,
  },
  docs: {
    brief: 'Change a setting',
    fullDescription: [
      'The change holds at once, for jobs that begin from now on, and is kept with your name. Workers that run keep the',
      "memory limit that they have until 'stella scanner workers restart'.",
      '',
      'Examples:',
      '  stella scanner config set worker.memory_limit 8Gi',
      '  stella scanner config set sbom.streaming_threshold 1Gi',
      '  stella scanner config set cache.layer_dedup true',
      '',
      EXIT_CODES,
    ].join('\n'),
  },
})

const resetCommand = buildCommand({
  loader: async () => (await import('./config.ts')).resetSetting,
  parameters: { positional: { kind: 'tuple', parameters: [KEY] }, flags: SCANNER_FLAGS },
  docs: {
    brief: 'Make a setting what it is when nobody set it',
    fullDescription: [
      'The change is kept with your name, and can be taken back as any other.',
      '',
      'Examples:',
      '  stella scanner config reset worker.memory_limit',
      '',
      EXIT_CODES,
    ].join('\n'),
  },
})

const listCommand = buildCommand({
  loader: async () => (await import('./config.ts')).listSettings,
  parameters: { flags: SCANNER_FLAGS },
  docs: {
    brief: 'List all settings',
    fullDescription: [
      'Lists what holds now, and what each setting means.',
      '',
      'Examples:',
      '  stella scanner config list',
      '',
      EXIT_CODES,
    ].join('\n'),
  },
})

const historyCommand = buildCommand({
  loader: async () => (await import('./config.ts')).showHistory,
  parameters: {
    positional: {
      kind: 'tuple',
      parameters: [{ ...KEY, brief: 'Changes of this setting alone', optional: true }],
    },
    flags: {
      limit: {
        kind: 'parsed',
        parse: countUpTo(1_000),
        brief: 'Only the newest N, from 1 to 1000',
        placeholder: 'N',
        default: '50',
      },
      ...SCANNER_FLAGS,
    },
  },
  docs: {
    brief: 'Who changed what, and when',
    fullDescription: [
      'Lists changes, newest first.',
      '',
      'Examples:',
      '  stella scanner config history',
      '  stella scanner config history worker.memory_limit',
      '',
      EXIT_CODES,
    ].join('\n'),
  },
})

const rollbackCommand = buildCommand({
  loader: async () => (await import('./config.ts')).rollBack,
  parameters: {
    positional: {
      kind: 'tuple',
      parameters: [
        {
          parse: parseChange,
          brief: "The number of a change, from 'stella scanner config history'",
          placeholder: 'CHANGE',
        },
      ],
    },
    flags: SCANNER_FLAGS,
  },
  docs: {
    brief: 'Take a change of a setting back',
    fullDescription: [
      'Sets what was set before that change. This is a change, too, and can be taken back.',
      '',
      'Examples:',
      '  stella scanner config rollback 12',
      '',
      EXIT_CODES,
    ].join('\n'),
  },
})

export const configRoutes = buildRouteMap({
  routes: {
    get: getCommand,
    set: setCommand,
    reset: resetCommand,
    list: listCommand,
    history: historyCommand,
    rollback: rollbackCommand,
  },
  docs: {
    brief: 'Settings of the scanner',
    fullDescription: [
      'Settings hold for all hosts that work on the same database. Each change is kept, and can be taken back.',
      '',
      'Examples:',
      '  stella scanner config list',
      '  stella scanner config set worker.memory_limit 8Gi',
      '  stella scanner config rollback 12',
    ].join('\n'),
  },
})
