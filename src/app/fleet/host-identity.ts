import { createHash } from 'node:crypto'
import { hostname } from 'node:os'
import { textOrNull } from '../../sources/reader.ts'
import type { Reader } from '../../sources/reader.ts'
import type { HostIdentity } from '../../store/database/types.ts'

/**
 * Who this machine is. Its machine-id is a secret of a kind (machine-id(5)): only a hash of it is told. A machine without one goes by
 * its name.
 */
export function hostIdentity(reader: Reader): HostIdentity {
  const name = textOrNull(reader, '/proc/sys/kernel/hostname')?.trim() ?? hostname()
  const machine = textOrNull(reader, '/etc/machine-id')?.trim() ?? ''
  const secret = machine === '' ? `name ${name}` : machine
  const id = createHash('sha256').update(`stella host ${secret}`).digest('hex').slice(0, 16)
  return { id, name }
}
