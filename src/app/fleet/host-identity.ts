import { createHash } from 'node:crypto'
import { hostname } from 'node:os'
import { textOrNull } from '../../sources/reader.ts'
import type { Reader } from '../../sources/reader.ts'
import type { HostIdentity } from '../../store/database/types.ts'

/**
 * Who this machine is. Its machine-id is a secret of a kind (machine-id(5)): only a hash of it is told. A machine without one goes by
 * its name. `STELLA_HOST` is the name of the machine where a container would tell its own.
 */
export function hostIdentity(reader: Reader): HostIdentity {
  const given = reader.env['STELLA_HOST']?.trim() ?? ''
  const name =
    given === '' ? (textOrNull(reader, '/proc/sys/kernel/hostname')?.trim() ?? hostname()) : given
  const machine = textOrNull(reader, '/etc/machine-id')?.trim() ?? ''
  const secret = machine === '' ? `name ${name}` : machine
  const id = createHash('sha256').update(`stella host ${secret}`).digest('hex').slice(0, 16)
  return { id, name }
}
