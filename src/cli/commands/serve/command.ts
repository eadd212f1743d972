import { buildCommand } from '@stricli/core'
import { asItIs } from '../../as-it-is.ts'
import { dataFlag } from '../../data-flag.ts'
import { COMMON_FLAGS } from '../../common-flags.ts'
import { parseDuration } from '../../duration.ts'
import { WATCHING_FLAGS } from '../../watch-flags.ts'
import { parseListen } from './parse.ts'

export const serveCommand = buildCommand({
  loader: async () => (await import('./run.ts')).serve,
  parameters: {
    flags: {
      listen: {
        kind: 'parsed',
        parse: parseListen,
        brief: 'Address and port; beyond this machine a token is needed',
        placeholder: 'ADDR:PORT',
        default: '127.0.0.1:8137',
      },
      tokenFile: {
        kind: 'parsed',
        parse: asItIs,
        brief:
          'File with the token that callers have to know, or a line for each: TOKEN NAME GROUP,GROUP (default: STELLA_TOKEN)',
        placeholder: 'FILE',
        optional: true,
      },
      database: {
        kind: 'parsed',
        parse: asItIs,
        brief: 'postgres://… of a server (default: STELLA_DATABASE, or an embedded database)',
        placeholder: 'URL',
        optional: true,
      },
      noWatch: {
        kind: 'boolean',
        brief: 'Take what other hosts send, and watch nothing here',
        optional: true,
        withNegated: false,
      },
      runbooks: {
        kind: 'parsed',
        parse: asItIs,
        brief: 'Folder with runbooks of your own, beside those that come along',
        placeholder: 'DIR',
        optional: true,
      },
      noTriggers: {
        kind: 'boolean',
        brief: 'Open no runbook by itself, whatever happens',
        optional: true,
        withNegated: false,
      },
      keep: {
        kind: 'parsed',
        parse: parseDuration,
        brief: 'Cases older than this are dropped',
        placeholder: 'DUR',
        default: '90d',
      },
      ...WATCHING_FLAGS,
      data: dataFlag('Folder for journal and database'),
      ...COMMON_FLAGS,
      json: { ...COMMON_FLAGS.json, brief: 'One JSON document for each entry, on a line each' },
    },
  },
  docs: {
    brief: 'The watch with a page, an API and /metrics',
    fullDescription: [
      "Does what 'stella watch' does, keeps all cases in a database, and serves a page, an API (described by",
      '/api/openapi.json), /metrics for Prometheus, /healthz and /readyz. Other hosts send their cases here',
      "with 'stella watch --to URL'.",
      '',
      'Examples:',
      '  stella serve                                          http://127.0.0.1:8137/',
      '  stella serve --listen 0.0.0.0:8137 --token-file FILE  for other hosts, too',
      '  stella serve --runbooks /etc/stella/runbooks          with runbooks of your own',
      '  STELLA_DATABASE=postgres://… stella serve --no-watch',
      '',
      'Exit code: 0 when it is interrupted, 2 wrong call, 3 port, groups, journal or database out of reach,',
      '70 a fault of stella.',
    ].join('\n'),
  },
})
