import { unreachableError, usageError } from '../../../model/errors.ts'
import type { Hands } from '../../driver.ts'

/** What systemd says about a unit's memory, in its own words: bytes or `infinity`. */
export interface UnitMemory {
  memoryMax: string
  memoryHigh: string
  /** Inside the hierarchy; null: the unit does not run. */
  controlGroup: string | null
  /** Made by a program (`systemd-run`, a container engine), and gone with it. */
  isTransient: boolean
}

const SHOWN = ['LoadState', 'MemoryMax', 'MemoryHigh', 'ControlGroup', 'Transient']
const MAX_ANSWER_BYTES = 64 * 1024

/** @throws StellaError where systemd does not run here, or there is no such unit */
export async function showUnit(unit: string, hands: Hands): Promise<UnitMemory> {
  refuseStrangeName(unit)
  const text = await systemctl(['show', `--property=${SHOWN.join(',')}`, '--', unit], hands)
  const shown = new Map(
    text.split('\n').map((line): [string, string] => {
      const equals = line.indexOf('=')
      return [line.slice(0, equals), line.slice(equals + 1)]
    }),
  )
  const memoryMax = shown.get('MemoryMax')
  if (shown.get('LoadState') === 'not-found' || memoryMax === undefined) {
    throw unreachableError('there is no such unit', unit, 'see systemctl list-units')
  }
  const controlGroup = shown.get('ControlGroup') ?? ''
  return {
    memoryMax,
    memoryHigh: shown.get('MemoryHigh') ?? 'infinity',
    controlGroup: controlGroup === '' ? null : controlGroup,
    isTransient: shown.get('Transient') === 'yes',
  }
}

/** A unit's name becomes the name of a folder. */
function refuseStrangeName(unit: string): void {
  if (/^[\w:.\\@-]{1,255}\.(?:service|slice|scope|socket|mount|swap)$/.test(unit)) return
  throw usageError(
    `${unit.slice(0, 80)} is no unit that has a memory limit`,
    null,
    'name a service, slice or scope with its ending, as in web.service',
  )
}

/** @throws StellaError with what systemctl says */
export async function systemctl(args: readonly string[], hands: Hands): Promise<string> {
  const { reader, signal } = hands
  const result = await reader.run(['systemctl', '--no-ask-password', ...args], {
    signal,
    maxBytes: MAX_ANSWER_BYTES,
    env: reader.env,
  })
  if (result.outcome === 'exited' && result.exitCode === 0) return result.stdout
  const reason =
    result.outcome === 'missing'
      ? 'it is not installed'
      : result.outcome === 'aborted'
        ? 'it did not answer in time'
        : (result.stderr.trim().split('\n')[0] ?? 'no reason given')
  throw unreachableError(`systemctl ${args[0]} failed: ${reason}`, null, todoFor(reason))
}

function todoFor(reason: string): string {
  if (/access denied|permission|authentication/i.test(reason)) return 'run stella as root'
  return /not been booted|Failed to connect|not installed/i.test(reason)
    ? 'run stella on the machine itself, where systemd is the first process'
    : 'see what systemctl status says about it'
}
