import type { StreamFormat } from '../format.ts'
import { openKernelLog } from './reader.ts'
import { isKernelLog } from './recognise.ts'

/**
 * The kernel's log in every form it is handed on in: dmesg (raw, -T, iso, decoded, JSON), /dev/kmsg, syslog files, journal
 * (short, json, export), and pasted into mails. Emits one coverage observation per file, also where nothing was killed.
 */
export const kernelLog: StreamFormat = {
  id: 'kernel-log',
  recognise: isKernelLog,
  open: (origin) => openKernelLog(origin),
}

export { openKernelLog } from './reader.ts'
export { openSearch } from './search/index.ts'
