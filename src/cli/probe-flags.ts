/** How the workload itself is asked whether it works. */
import { usageError } from '../model/errors.ts'
import { commandWords, type Probe } from '../verification/probe.ts'
import { asItIs } from './as-it-is.ts'

export const PROBE_FLAGS = {
  probeHttp: {
    kind: 'parsed',
    parse: asItIs,
    brief: 'Address that has to answer with status 2xx',
    placeholder: 'URL',
    optional: true,
  },
  probeCommand: {
    kind: 'parsed',
    parse: asItIs,
    brief: 'Program with its arguments that has to end with 0; no shell is started',
    placeholder: 'CMD',
    optional: true,
  },
} as const

export interface ProbeFlags {
  probeHttp?: string
  probeCommand?: string
}

/** @throws StellaError (usage) where one of them is none */
export function probesOf({ probeHttp, probeCommand }: ProbeFlags): readonly Probe[] {
  return [
    ...(probeHttp === undefined ? [] : [httpProbe(probeHttp)]),
    ...(probeCommand === undefined
      ? []
      : [{ kind: 'command', argv: commandWords(probeCommand) } as const]),
  ]
}

function httpProbe(text: string): Probe {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url !== null && url.username + url.password !== '') {
    throw usageError(
      'an address with a password is not asked',
      '--probe-http',
      'use --probe-command',
    )
  }
  if (url?.protocol === 'http:' || url?.protocol === 'https:')
    return { kind: 'http', url: url.href }
  throw usageError('this is no address', '--probe-http', 'write it as http://localhost:8080/health')
}
